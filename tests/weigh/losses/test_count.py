from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from steelyard.errors import InputError
from steelyard.weigh.call import weigh

Y = np.random.default_rng(11).negative_binomial(0.6, 0.3, size=300)


def points(targets: object) -> dict[str, float]:
    return {point.name: point.value for point in weigh(loss="count", targets=targets).scale.points}


def test_points_are_those_of_scipy() -> None:
    found = points(Y)
    _, counts = np.unique(Y, return_counts=True)
    assert found["frequencies"] == pytest.approx(stats.entropy(counts))
    assert found["constant Poisson"] == pytest.approx(-stats.poisson.logpmf(Y, Y.mean()).mean())


@settings(max_examples=40)
@given(
    st.lists(st.integers(min_value=0, max_value=30), min_size=2, max_size=30).filter(
        lambda y: len(set(y)) > 1
    )
)
def test_frequencies_beat_the_binomial_beats_the_poisson(targets: list[int]) -> None:
    found = points(targets)
    assert found["frequencies"] <= found["constant negative binomial"] + 1e-9
    assert found["constant negative binomial"] <= found["constant Poisson"] + 1e-9


def test_a_zero_inflated_likelihood_is_weighed_on_the_same_scale() -> None:
    zero = (Y == 0).mean()
    hurdle = np.where(Y == 0, np.log(zero), np.log(1 - zero) + stats.geom.logpmf(np.maximum(Y, 1), 0.4))
    placement = weigh(-hurdle.mean(), loss="count", targets=Y).placement
    assert placement is not None
    assert set(placement.conversions) == {"bits", "perplexity"}
    assert -0.2 < (placement.skill or 0) < 0


def test_many_counts_among_few_targets_are_told() -> None:
    notes = weigh(loss="count", targets=[3, 14, 15, 92, 65, 35]).scale.notes
    assert "fairer one to beat" in notes[-1]


@pytest.mark.parametrize("targets", [[0, 0.5, 1], [0, -1, 1]])
def test_only_counts(targets: list[float]) -> None:
    with pytest.raises(InputError, match="counts"):
        weigh(loss="count", targets=targets)
