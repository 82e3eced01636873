from __future__ import annotations

import numpy as np
import pytest
from mixture_model import mixtures

from steelyard.errors import InputError
from steelyard.language.meaning.known_source import known_source
from steelyard.language.meaning.small_model import train_small


def test_the_loss_is_entropy_plus_divergence_and_comes_down(texts: list[str]) -> None:
    found = known_source(texts, lambda text: mixtures([text]), seed=0, order=1, drawn=20_000, held_out=3000)
    for state in found.states:
        whole = state.entropy_nats + state.divergence_nats
        assert state.cross_entropy_nats == pytest.approx(whole, rel=1e-12)
        assert abs(state.loss_nats - state.cross_entropy_nats) <= 4 * state.luck_nats
        assert state.divergence_nats > 0
    falls = [state.divergence_nats for state in found.states]
    assert falls == sorted(falls, reverse=True)
    # A table of pairs is the source itself but for its smoothing.
    assert falls[-1] < 0.05
    assert found.states[-1].entropy_nats == pytest.approx(found.entropy_nats, rel=0.05)
    assert found.measured == 3000
    assert sum(gap.part_nats for gap in found.gaps) <= falls[-1] + 1e-9
    for gap in found.gaps:
        assert gap.part_nats == pytest.approx(gap.share * gap.divergence_nats)
        assert len(gap.context) == 1


def test_characters_that_the_model_never_met_share_the_unknown_tokens_probability(texts: list[str]) -> None:
    # Trained without "c" and "m": the source draws them, and the model has one probability for both.
    found = known_source(
        texts,
        lambda text: mixtures([text.replace("c", "").replace("m", "")]),
        seed=0,
        drawn=4000,
        held_out=500,
    )
    assert all(np.isfinite(state.divergence_nats) for state in found.states)
    assert all(state.divergence_nats > 0 for state in found.states)


def test_same_seed_same_figures(texts: list[str]) -> None:
    one, same, other = (
        known_source(texts, lambda text: mixtures([text]), seed=seed, drawn=2000, held_out=300)
        for seed in (3, 3, 4)
    )
    assert one == same
    assert one.states != other.states


def test_an_lstm_comes_down_towards_the_entropy(texts: list[str]) -> None:
    found = known_source(
        texts, lambda text: train_small(text, seed=0, threads=1), seed=0, order=1, drawn=12_000, held_out=2000
    )
    first, last = found.states[0], found.states[-1]
    assert first.divergence_nats > 1
    assert 0 < last.divergence_nats < 0.5 * first.divergence_nats


def test_too_little_text() -> None:
    with pytest.raises(InputError, match="2 characters that come 2 or more times, but have 1"):
        known_source(["aab"], lambda text: mixtures([text]), seed=0)
    with pytest.raises(InputError, match="at least one state"):
        known_source(["abab" * 9], lambda _: (), seed=0, drawn=100, held_out=20)
