from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import mean_squared_error, r2_score

from steelyard.errors import InputError
from steelyard.weigh.call import weigh

Y = np.random.default_rng(3).gamma(2.0, size=60)


def values(**options: object) -> dict[str, float]:
    return {point.name: point.value for point in weigh(loss="mse", **options).scale.points}


def test_skill_is_r2() -> None:
    predicted = Y + np.random.default_rng(4).normal(scale=0.5, size=60)
    placement = weigh(mean_squared_error(Y, predicted), loss="mse", targets=Y).placement
    assert placement is not None
    assert placement.skill == pytest.approx(r2_score(Y, predicted))


@given(st.lists(st.floats(min_value=-1e3, max_value=1e3), min_size=2, max_size=20), st.floats(-1e3, 1e3))
def test_no_constant_beats_the_mean(targets: list[float], constant: float) -> None:
    assume(np.ptp(targets) > 1e-3)
    cost = mean_squared_error(targets, np.full(len(targets), constant))
    assert weigh(loss="mse", targets=targets).scale.baseline.value <= cost * (1 + 1e-9) + 1e-9


def test_all_zero_is_a_point_where_zeros_occur() -> None:
    assert values(targets=[0, 0, 3, 1])["all zero"] == pytest.approx(2.5)
    assert "all zero" not in values(targets=[1, 2, 3])
    assert "all zero" not in values(targets=[0, -1, 3])


def test_persistence_is_a_point_for_ordered_targets() -> None:
    walk = np.random.default_rng(5).normal(size=200).cumsum()
    scale = weigh(loss="mse", targets=walk, ordered=True).scale
    points = {point.name: point.value for point in scale.points}
    assert points["persistence"] == pytest.approx(mean_squared_error(walk[1:], walk[:-1]))
    assert "one to beat" in " ".join(scale.notes)
    assert scale.baseline_interval is None
    assert "persistence" not in values(targets=walk)


def test_targets_that_floats_cannot_square() -> None:
    with pytest.raises(InputError, match="rescale"):
        weigh(1.0, loss="mse", targets=[1e200, -1e200])
    with pytest.raises(InputError, match="rescale"):
        weigh(1.0, loss="mse", targets=[1e-200, 2e-200])
