import math

import numpy as np
import pytest
import torch
from scipy import stats

from steelyard.rare_events.likelihoods.poisson import (
    poisson,
    zero_truncated_poisson,
    zero_truncated_poisson_log_mean,
)

Y = np.array([0, 1, 2, 3, 8, 40])
MEANS = [1e-4, 0.3, 1.0, 7.5, 200.0]


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize("mean", MEANS)
def test_poisson_is_scipys(mean):
    ours = poisson(tensor(Y), log_mean=tensor(np.log(mean)))
    np.testing.assert_allclose(ours, stats.poisson.logpmf(Y, mean), rtol=1e-12)


@pytest.mark.parametrize("mean", MEANS)
def test_zero_truncated_poisson_is_scipys(mean):
    ours = zero_truncated_poisson(tensor(Y[1:]), log_mean=tensor(np.log(mean)))
    expected = stats.poisson.logpmf(Y[1:], mean) - np.log(-np.expm1(-mean))
    np.testing.assert_allclose(ours, expected, rtol=1e-12)


def test_truncated_masses_sum_to_one():
    log_mean = tensor([[-12.0], [-1.0], [3.0]])
    masses = zero_truncated_poisson(torch.arange(1.0, 200, dtype=torch.float64), log_mean=log_mean).exp()
    np.testing.assert_allclose(masses.sum(1), 1, rtol=1e-12)


def test_gradients_are_right():
    y = tensor([1.0, 2.0, 5.0])
    log_mean = tensor([-3.0, 0.2, 1.4]).requires_grad_()
    assert torch.autograd.gradcheck(lambda m: poisson(y, log_mean=m), log_mean)
    assert torch.autograd.gradcheck(lambda m: zero_truncated_poisson(y, log_mean=m), log_mean)


@pytest.mark.parametrize("rate", [1e-3, 0.5, 2.0, 30.0])
def test_the_truncated_mean_is_inverted(rate):
    mean = tensor(rate / -math.expm1(-rate))
    assert float(zero_truncated_poisson_log_mean(mean)) == pytest.approx(math.log(rate), rel=1e-6)
