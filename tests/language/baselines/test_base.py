from __future__ import annotations

import math

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.language.baselines import Baseline, KneserNey, Uniform, Unigram
from steelyard.language.stream import Stream

ALL = (Uniform(), Unigram(), KneserNey(order=1), KneserNey(order=2), KneserNey(order=5))


@pytest.fixture(params=ALL, ids=lambda each: each.name)
def baseline(request: pytest.FixtureRequest) -> Baseline:
    fitted: Baseline = request.param
    return fitted.fit(Stream.of([2, 3, 2, 4, 3, 2, 2, 0, 3] * 4), size=7)


def test_every_distribution_is_positive_and_sums_to_1(baseline: Baseline) -> None:
    for context in ([], [2], [6, 6], [1], [2, 3, 2, 4, 3], [0, 1, 2]):
        p = baseline.predict(context)
        assert p.shape == (7,)
        assert p.dtype == np.float64
        assert p.min() > 0
        assert p.sum() == pytest.approx(1, abs=1e-12)


def test_a_score_is_the_nats_of_what_it_predicts(baseline: Baseline) -> None:
    stream = Stream.of([2, 3, 6, 0, 4, 2, 3, 1, 2, 3])
    predicted = [baseline.predict(stream.ids[:at])[stream.ids[at]] for at in range(1, len(stream.ids))]
    assert baseline.score(stream) == pytest.approx([-math.log(p) for p in predicted], rel=1e-12)
    assert baseline.score(stream).shape == (stream.tokens,)


def test_numbers_outside_the_vocabulary_are_refused(baseline: Baseline) -> None:
    with pytest.raises(InputError, match="between 0 and 6, but go from 1 to 7"):
        baseline.score(Stream.of([2, 7]))
    with pytest.raises(InputError, match="between 0 and 6"):
        baseline.predict([-1])
    with pytest.raises(InputError, match="between 0 and 2"):
        baseline.fit(Stream.of([2, 3]), size=3)


@pytest.mark.parametrize("kind", [Uniform, Unigram, KneserNey])
def test_an_unfitted_one_is_refused(kind: type) -> None:
    with pytest.raises(InputError, match="must be fitted before it guesses; call `fit` first"):
        kind().score(Stream.of([2]))


def test_a_prediction_is_the_caller_s_own() -> None:
    unigram = Unigram().fit(Stream.of([2, 3]), size=4)
    unigram.predict([])[:] = 0
    assert unigram.predict([]).sum() == pytest.approx(1)
