from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.metrics import d2_tweedie_score
from torch.nn import functional

from steelyard.errors import InputError
from steelyard.weigh.call import weigh

Y = np.random.default_rng(7).poisson(1.6, size=80)


def torch_loss(rate: np.ndarray, *, full: bool = False) -> float:
    rates, counts = torch.from_numpy(np.asarray(rate, dtype=float)), torch.from_numpy(Y.astype(float))
    return float(functional.poisson_nll_loss(rates, counts, log_input=False, full=full, eps=0.0))


def test_points_are_those_of_torch() -> None:
    scale = weigh(loss="poisson", targets=Y).scale
    assert scale.baseline.value == pytest.approx(torch_loss(np.full(80, Y.mean())))
    assert scale.floor.value == pytest.approx(torch_loss(np.maximum(Y, 1e-300)))
    assert weigh(0.5, loss="poisson", targets=Y).placement.conversions == {}  # type: ignore[union-attr]


def test_full_is_exact_and_tells_torch_s_approximation() -> None:
    scale = weigh(loss="poisson", targets=Y, full=True).scale
    assert scale.baseline.value == pytest.approx(-stats.poisson.logpmf(Y, Y.mean()).mean())
    assert scale.floor.value == pytest.approx(-stats.poisson.logpmf(Y, Y).mean())
    lower = scale.baseline.value - torch_loss(np.full(80, Y.mean()), full=True)
    told = float(scale.notes[0].split("comes out ")[1].split()[0])
    assert told == pytest.approx(lower, rel=0.05)
    assert scale.unit == "nats"


def test_skill_is_the_explained_deviance_with_or_without_the_factorial() -> None:
    rates = np.random.default_rng(8).gamma(3.0, 0.5, size=80)
    expected = d2_tweedie_score(Y, rates, power=1)
    without = weigh(torch_loss(rates), loss="poisson", targets=Y).placement
    full = weigh(-stats.poisson.logpmf(Y, rates).mean(), loss="poisson", targets=Y, full=True).placement
    assert without is not None
    assert full is not None
    assert without.skill == pytest.approx(expected)
    assert full.skill == pytest.approx(expected)


def test_a_negative_loss_is_usual_without_the_factorial() -> None:
    counts = np.array([20, 22, 30, 18])
    scale = weigh(loss="poisson", targets=counts).scale
    assert scale.baseline.value < 0
    said = str(weigh(scale.baseline.value + 5, loss="poisson", targets=counts))
    assert "5.0 above the loss of a constant rate" in said
    assert "times" not in said


def test_rates_are_allowed_without_the_factorial_only() -> None:
    assert weigh(loss="poisson", targets=[0.5, 1.5]).scale.baseline.value == pytest.approx(1.0)
    with pytest.raises(InputError, match="counts"):
        weigh(loss="poisson", targets=[0.5, 1.5], full=True)
    with pytest.raises(InputError, match=r"1 of 2 are negative: the first is -1 in row 1"):
        weigh(loss="poisson", targets=[-1, 1])


def test_overdispersion_is_told() -> None:
    wide = np.random.default_rng(9).negative_binomial(0.5, 0.2, size=200)
    assert "`count`" in " ".join(weigh(loss="poisson", targets=wide).scale.notes)
    assert "`count`" not in " ".join(weigh(loss="poisson", targets=Y).scale.notes)
