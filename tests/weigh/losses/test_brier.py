from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from steelyard.weigh.call import weigh

LABELS = [0, 0, 1, 0, 0, 0, 0, 1, 0, 0]


def test_an_event_is_scored_as_scikit_learn_does() -> None:
    scale = weigh(loss="brier", targets=LABELS).scale
    assert scale.baseline.value == pytest.approx(brier_score_loss(LABELS, np.full(10, 0.2)))
    assert {point.name: point.value for point in scale.points} == {
        "ceiling": 1.0,
        "untrained": 0.25,
        "base rate": pytest.approx(0.16),
        "floor": 0.0,
    }


def test_two_classes_are_twice_an_event() -> None:
    event = weigh(loss="brier", base_rate=0.2).scale
    classes = weigh(loss="brier", base_rate=0.2, classes=2).scale
    for one, two in zip(event.points, classes.points, strict=True):
        assert two.value == pytest.approx(2 * one.value)


def test_classes_with_and_without_frequencies() -> None:
    assert weigh(loss="brier", classes=4).scale.baseline.value == pytest.approx(0.75)
    known = weigh(loss="brier", targets=["a", "a", "b", "c"], classes=3).scale
    assert known.baseline.value == pytest.approx(1 - (0.25 + 0.0625 + 0.0625))
    assert known.baseline_interval is not None


def test_soft_targets() -> None:
    soft = np.array([0.1, 0.4, 0.4, 0.9])
    assert weigh(loss="brier", targets=soft).scale.baseline.value == pytest.approx(soft.var())


def test_worse_than_certain_and_wrong_cannot_be() -> None:
    weighing = weigh(1.2, loss="brier", base_rate=0.05)
    assert "can't be" in str(weighing)
    assert "can't be" not in str(weigh(1.2, loss="brier", frequencies=[0.9, 0.1]))
