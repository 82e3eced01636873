from __future__ import annotations

import numpy as np
import pytest

from steelyard.weigh.call import weigh

Y = [0.0, 0.0, 4.0, 4.0, 2.0, 8.0]


def test_it_is_the_root_of_the_mse() -> None:
    root, square = (weigh(loss=loss, targets=Y).scale for loss in ("rmse", "mse"))
    assert root.baseline.value == pytest.approx(np.std(Y))
    for one, two in zip(root.points, square.points, strict=True):
        assert one.value**2 == pytest.approx(two.value)
    assert root.baseline_interval == pytest.approx(np.sqrt(square.baseline_interval or ()))


def test_explained_variance_is_told_where_there_is_some() -> None:
    half = float(np.std(Y)) / 2
    assert weigh(half, loss="rmse", targets=Y).remarks == (
        "Of the variance of the targets 75% is explained (R^2).",
    )
    assert weigh(100.0, loss="rmse", targets=Y).remarks == ()
