from __future__ import annotations

import math

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.language.baselines import Unigram
from steelyard.language.meaning.explained import explain
from steelyard.language.meaning.state import State
from steelyard.language.model import LanguageModel
from steelyard.language.stream import make_stream


def test_costs_are_those_of_the_model_and_sum_to_its_loss() -> None:
    text = "the cat sat on the mat. " * 30
    model = LanguageModel(hidden=16, embedding=8, batch=2, window=8, epochs=3).fit(text)
    found, score = explain(model, "the mat?", count=3), model.score("the mat?")
    np.testing.assert_allclose([token.nats for token in found.tokens], score.nats, rtol=1e-4)
    assert found.nats_per_token == pytest.approx(score.nats_per_token, rel=1e-4)
    assert found.bits_per_byte == pytest.approx(score.bits_per_byte, rel=1e-4)
    assert [token.text for token in found.tokens] == list("the mat?")
    assert not found.tokens[-1].known
    assert found.tokens[-1].spelling_nats > 0
    assert all(len(token.guesses) == 3 for token in found.tokens)
    assert all(token.probability == pytest.approx(math.exp(-token.nats)) for token in found.tokens)


def test_frequencies_alone_are_the_baselines(texts: list[str], states: tuple[State, ...]) -> None:
    model = states[-1].model
    found = explain(model, "the cat")
    training = make_stream(texts[:9], model.vocabulary_)
    baseline = Unigram().fit(training, size=model.vocabulary_.size)
    own = baseline.score(make_stream(["the cat"], model.vocabulary_))
    # The vocabulary counts every document's mark, the baseline those that are guessed: all but the first.
    assert found.unigram_nats == pytest.approx(float(own.mean()), abs=1e-3)
    assert found.uniform_nats == pytest.approx(math.log(model.vocabulary_.size))


def test_nothing_to_explain(states: tuple[State, ...]) -> None:
    with pytest.raises(InputError, match="must hold characters, but holds none"):
        explain(states[-1].model, "")
