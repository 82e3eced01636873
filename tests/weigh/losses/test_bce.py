from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss
from torch.nn import functional

from steelyard.errors import InputError
from steelyard.weigh.call import weigh

LABELS = [0, 0, 1, 0, 0, 0, 0, 1, 0, 0]


def test_the_baseline_is_what_torch_and_scikit_learn_give_a_constant() -> None:
    scale = weigh(loss="bce", targets=LABELS).scale
    constant = np.full(10, 0.2)
    assert scale.baseline.value == pytest.approx(log_loss(LABELS, constant))
    torch_says = functional.binary_cross_entropy(
        torch.from_numpy(constant), torch.tensor(LABELS, dtype=torch.float64)
    )
    assert scale.baseline.value == pytest.approx(torch_says.item())
    assert scale.floor.value == 0
    assert weigh(loss="bce", base_rate=0.2).scale.baseline == scale.baseline


@given(st.floats(min_value=0.01, max_value=0.99))
def test_no_constant_beats_the_baseline(constant: float) -> None:
    loss = log_loss(LABELS, np.full(10, constant))
    placement = weigh(loss, loss="bce", targets=LABELS).placement
    assert placement is not None
    assert placement.skill is not None
    assert placement.skill <= 1e-12


def test_soft_targets_have_a_floor() -> None:
    soft = np.random.default_rng(0).beta(0.5, 2, size=50)
    scale = weigh(loss="bce", targets=soft).scale
    y = torch.from_numpy(soft)
    assert scale.floor.value == pytest.approx(functional.binary_cross_entropy(y, y).item())
    mean = y.mean().expand(50)
    assert scale.baseline.value == pytest.approx(functional.binary_cross_entropy(mean, y).item())
    assert "soft" in " ".join(scale.notes)


@pytest.mark.parametrize(
    ("targets", "says"), [([0, 1, 2], "row 3"), ([0, -1, 1], "row 2"), (["yes", "no"], "'yes' in row 1")]
)
def test_targets_outside_0_to_1(targets: list[object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        weigh(0.5, loss="bce", targets=targets)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, math.nan])
def test_base_rates_that_leave_nothing_to_predict(rate: float) -> None:
    with pytest.raises(InputError, match="strictly between 0 and 1"):
        weigh(0.5, loss="bce", base_rate=rate)


def test_a_percentage_is_recognised() -> None:
    with pytest.raises(InputError, match=r"write 5% as 0\.05"):
        weigh(0.5, loss="bce", base_rate=5)


def test_the_base_rate_that_would_make_it_trivial() -> None:
    assert weigh(0.500402, loss="bce", base_rate=0.05).remarks == (
        "0.500 nats is what always predicting the base rate gets when that is 20% (or 80%).",
    )
    assert "confidently wrong" in weigh(0.7, loss="bce", base_rate=0.05).remarks[0]
    assert weigh(math.inf, loss="bce", base_rate=0.05).remarks == ()
    assert weigh(-0.1, loss="bce", base_rate=0.05).remarks == ()


def test_more_targets_know_the_base_rate_better() -> None:
    few = weigh(0.22, loss="bce", base_rate=0.05, n=100)
    many = weigh(0.22, loss="bce", base_rate=0.05, n=100_000)
    assert few.placement is not None
    assert many.placement is not None
    assert few.placement.standing == "not distinguishable"
    assert many.placement.standing == "worse"
