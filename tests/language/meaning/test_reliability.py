from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.meaning.reliability import (
    ALL_EDGES,
    all_guesses_reliability,
    first_guess_reliability,
    reliability,
)
from steelyard.language.meaning.scored import Scored, scored


def drawn(
    rng: np.random.Generator, *, tokens: int, size: int = 8, surer: float = 1.0
) -> tuple[Scored, NDArray[np.float64]]:
    """Return a text drawn from its probabilities, and scored with them raised to a power (above 1: too sure)."""
    true = rng.dirichlet(np.full(size, 0.5), size=tokens)
    came = (true.cumsum(axis=1) > rng.random((tokens, 1))).argmax(axis=1)
    stated = np.maximum(true, 1e-12) ** surer
    stated /= stated.sum(axis=1, keepdims=True)
    return scored([np.log(stated)], came, edges=ALL_EDGES), true


def test_bands_hold_all_guesses_and_their_shares() -> None:
    found, _ = drawn(np.random.default_rng(0), tokens=3000)
    first, every = first_guess_reliability(found, seed=0), all_guesses_reliability(found, seed=0)
    assert sum(band.count for band in first.bands) == 3000
    assert sum(band.count for band in every.bands) == 3000 * 8
    assert sum(band.count * band.observed for band in every.bands) == pytest.approx(3000)
    assert sum(band.count * band.predicted for band in every.bands) == pytest.approx(3000)
    right = (found.ranks == 1).mean()
    assert sum(band.count * band.observed for band in first.bands) / 3000 == pytest.approx(right)
    assert first.overconfidence == pytest.approx(found.probabilities[:, 0].mean() - right)
    by_hand = sum(band.count * abs(band.predicted - band.observed) for band in first.bands) / 3000
    assert first.error == pytest.approx(by_hand)
    for band in (*first.bands, *every.bands):
        assert 0 <= band.low <= band.observed <= band.high <= 1


def test_a_model_that_is_too_sure_is_found_out() -> None:
    rng = np.random.default_rng(1)
    honest = first_guess_reliability(drawn(rng, tokens=4000)[0], seed=0)
    too_sure = first_guess_reliability(drawn(rng, tokens=4000, surer=2.0)[0], seed=0)
    too_shy = first_guess_reliability(drawn(rng, tokens=4000, surer=0.5)[0], seed=0)
    assert honest.low < honest.by_chance
    assert too_sure.low > 3 * too_sure.by_chance
    assert too_sure.overconfidence > 0.05
    assert too_shy.overconfidence < -0.05


def test_what_chance_shows_is_its_mean_by_simulation() -> None:
    rng = np.random.default_rng(2)
    errors, said = [], []
    for seed in range(150):
        found = all_guesses_reliability(drawn(rng, tokens=400)[0], seed=seed, repetitions=2)
        errors.append(found.error)
        said.append(found.by_chance)
    spread = np.std(errors) / np.sqrt(len(errors))
    assert np.mean(errors) == pytest.approx(np.mean(said), abs=4 * spread)


def test_same_seed_same_interval() -> None:
    found, _ = drawn(np.random.default_rng(3), tokens=500)
    assert first_guess_reliability(found, seed=1) == first_guess_reliability(found, seed=1)
    assert first_guess_reliability(found, seed=1) != first_guess_reliability(found, seed=2)


@pytest.mark.slow
@pytest.mark.parametrize("surer", [1.0, 1.2, 1.5, 2.0])
def test_intervals_hold_the_error_as_often_as_they_say(surer: float) -> None:
    rng = np.random.default_rng(4)
    truth = first_guess_reliability(drawn(rng, tokens=1_000_000, surer=surer)[0], seed=0, repetitions=2).error
    held = [
        found.low <= truth <= found.high
        for found in (
            first_guess_reliability(drawn(rng, tokens=2000, surer=surer)[0], seed=seed, repetitions=400)
            for seed in range(200)
        )
    ]
    assert np.mean(held) >= 0.92  # too wide where the bands' differences are near 0


def test_guesses_that_are_all_equally_sure() -> None:
    rows = np.log(np.full((20, 4), 0.25))
    found = first_guess_reliability(scored([rows], np.arange(20) % 4), seed=0)
    (band,) = found.bands
    assert (band.count, band.predicted, band.observed) == (20, 0.25, 0.25)
    assert found.error == 0


def test_what_can_t_be_judged() -> None:
    rows = np.log(np.full((20, 4), 0.25))
    with pytest.raises(InputError, match="must be scored with bands"):
        all_guesses_reliability(scored([rows], np.zeros(20, dtype=np.int64)), seed=0)
    with pytest.raises(InputError, match="8 or more tokens"):
        reliability(np.zeros((7, 2)), np.zeros((7, 2)), np.zeros(2, dtype=np.int64), seed=0)
