from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from torch.nn import functional

from steelyard.errors import InputError
from steelyard.weigh.call import weigh
from steelyard.weigh.losses.cross_entropy import smoothed_floor_nats

LABELS = ["cat"] * 60 + ["dog"] * 30 + ["owl"] * 10
CODES = torch.tensor([0] * 60 + [1] * 30 + [2] * 10)


def torch_loss(probabilities: list[float], smoothing: float = 0.0) -> float:
    logits = torch.tensor(probabilities, dtype=torch.float64).log().expand(100, -1)
    return float(functional.cross_entropy(logits, CODES, label_smoothing=smoothing))


def test_points_are_those_of_scipy_and_torch() -> None:
    scale = weigh(loss="cross-entropy", targets=LABELS).scale
    assert scale.baseline.value == pytest.approx(stats.entropy([0.6, 0.3, 0.1]))
    assert scale.baseline.value == pytest.approx(torch_loss([0.6, 0.3, 0.1]))
    assert {point.name: point.value for point in scale.points}["uniform"] == pytest.approx(math.log(3))
    assert scale.targets == 100


@pytest.mark.parametrize("frequencies", [[0.6, 0.3, 0.1], [60, 30, 10], (0.3, 0.1, 0.6)])
def test_frequencies_shares_or_counts(frequencies: list[float]) -> None:
    scale = weigh(loss="cross-entropy", frequencies=frequencies).scale
    assert scale.baseline.value == pytest.approx(stats.entropy([0.6, 0.3, 0.1]))
    assert (scale.targets == 100) == (frequencies == [60, 30, 10])


@pytest.mark.parametrize("classes", [3, 5])
@pytest.mark.parametrize("smoothing", [0.05, 0.3])
def test_label_smoothing_is_that_of_torch(smoothing: float, classes: int) -> None:
    scale = weigh(loss="cross-entropy", targets=CODES, classes=classes, smoothing=smoothing).scale
    shares = np.array([0.6, 0.3, 0.1] + [0.0] * (classes - 3))
    best = ((1 - smoothing) * shares + smoothing / classes).tolist()
    assert scale.baseline.value == pytest.approx(torch_loss(best, smoothing))
    right = 1 - smoothing + smoothing / classes
    one_hot = torch.full((classes,), smoothing / classes, dtype=torch.float64)
    one_hot[0] = right
    certain = functional.cross_entropy(one_hot.log(), torch.tensor(0), label_smoothing=smoothing)
    assert scale.floor.value == pytest.approx(float(certain))


@given(st.floats(min_value=0, max_value=1), st.integers(min_value=2, max_value=1000))
def test_smoothing_raises_the_floor_up_to_the_uniform_guess(smoothing: float, classes: int) -> None:
    assert 0 <= smoothed_floor_nats(smoothing, classes) <= math.log(classes) * (1 + 1e-12)


def test_only_the_number_of_classes() -> None:
    weighing = weigh(2.5, loss="cross-entropy", classes=10, unit="perplexity")
    assert weighing.scale.baseline.name == "uniform"
    assert weighing.scale.baseline_interval is None
    assert weighing.placement is not None
    assert weighing.placement.value == pytest.approx(math.log(2.5))
    assert weighing.remarks == ("It is as uncertain as a fair choice among 2.50 classes.",)
    assert weigh(20.0, loss="cross-entropy", classes=10**12).placement is not None


def test_a_base_rate_is_two_classes() -> None:
    two = weigh(0.5, loss="cross-entropy", base_rate=0.05)
    one = weigh(0.5, loss="bce", base_rate=0.05)
    assert two.placement is not None
    assert one.placement is not None
    assert two.placement.skill == pytest.approx(one.placement.skill)


def test_few_targets_of_many_classes_flatter_the_baseline() -> None:
    labels = np.random.default_rng(0).integers(50, size=100)
    scale = weigh(loss="cross-entropy", targets=labels).scale
    assert scale.baseline.value < math.log(50)
    assert "Miller 1955" in scale.notes[-1]
    assert scale.baseline_interval is not None
    assert scale.baseline_interval[1] > math.log(50)


@pytest.mark.parametrize(
    ("evidence", "says"),
    [
        ({"classes": 1}, "at least 2"),
        ({"classes": 2, "targets": LABELS}, "3 were seen"),
        ({"classes": 2, "n": 10}, "`n`"),
        ({"frequencies": [0.5, 0.6]}, "sum to 1.1"),
        ({"frequencies": [0.5, -0.5, 1.0]}, "0 or more"),
        ({"frequencies": [[0.5, 0.5]]}, "list of numbers"),
        ({"frequencies": [1.0, 0.0]}, "two classes"),
        ({"frequencies": [1.0]}, "two classes"),
        ({"frequencies": [60, 40], "n": 99}, "sum of the counts"),
        ({"frequencies": [0.5, 0.5], "targets": LABELS}, "leave one out"),
        ({"classes": 10, "smoothing": 1.0}, "smoothing"),
        ({"classes": 10, "smoothing": math.nan}, "smoothing"),
    ],
)
def test_impossible_evidence(evidence: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        weigh(0.5, loss="cross-entropy", **evidence)
