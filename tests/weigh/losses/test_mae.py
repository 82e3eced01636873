from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_absolute_error

from steelyard.weigh.call import weigh

Y = [0.0, 1.0, 4.0, 4.5, 9.0]


@given(st.floats(min_value=-20, max_value=20))
def test_no_constant_beats_the_median(constant: float) -> None:
    cost = mean_absolute_error(Y, [constant] * 5)
    assert weigh(loss="mae", targets=Y).scale.baseline.value <= cost + 1e-12


def test_all_zero_wins_where_most_targets_are_0() -> None:
    rare = np.zeros(50)
    rare[:5] = 3.0
    scale = weigh(loss="mae", targets=rare).scale
    assert scale.baseline.value == pytest.approx(0.3)
    assert [point.name for point in scale.points] == ["median", "floor"]
    assert scale.notes[0].startswith("90% of the targets are 0, so 0 every time is the best constant")
    assert "all zero" in [point.name for point in weigh(loss="mae", targets=Y).scale.points]


def test_persistence() -> None:
    points = {point.name: point.value for point in weigh(loss="mae", targets=Y, ordered=True).scale.points}
    assert points["persistence"] == pytest.approx(mean_absolute_error(Y[1:], Y[:-1]))
