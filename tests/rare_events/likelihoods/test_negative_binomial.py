import numpy as np
import pytest
import torch
from scipy import stats

from steelyard.rare_events.likelihoods.negative_binomial import (
    negative_binomial,
    negative_binomial_log_zero,
    zero_truncated_negative_binomial,
)
from steelyard.rare_events.likelihoods.poisson import poisson

Y = np.array([0, 1, 2, 3, 8, 40])


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize("mean", [1e-4, 0.3, 1.0, 7.5, 200.0])
@pytest.mark.parametrize("size", [0.05, 1.0, 30.0])
def test_is_scipys(mean, size):
    chance = size / (size + mean)
    log_mean, log_size = tensor(np.log(mean)), tensor(np.log(size))
    ours = negative_binomial(tensor(Y), log_mean=log_mean, log_size=log_size)
    np.testing.assert_allclose(ours, stats.nbinom.logpmf(Y, size, chance), rtol=1e-9)
    truncated = zero_truncated_negative_binomial(tensor(Y[1:]), log_mean=log_mean, log_size=log_size)
    expected = stats.nbinom.logpmf(Y[1:], size, chance) - np.log(-np.expm1(size * np.log(chance)))
    np.testing.assert_allclose(truncated, expected, rtol=1e-9)
    none = negative_binomial_log_zero(log_mean=log_mean, log_size=log_size)
    assert float(none) == pytest.approx(stats.nbinom.logpmf(0, size, chance), rel=1e-9)


def test_a_large_size_is_poisson():
    ours = negative_binomial(tensor(Y), log_mean=tensor(0.7), log_size=tensor(18.0))
    np.testing.assert_allclose(ours, poisson(tensor(Y), log_mean=tensor(0.7)), atol=1e-5)


def test_truncated_masses_sum_to_one():
    log_mean = tensor([[-12.0], [-1.0], [2.0]])
    y = torch.arange(1.0, 2000, dtype=torch.float64)
    masses = zero_truncated_negative_binomial(y, log_mean=log_mean, log_size=tensor(0.5)).exp()
    np.testing.assert_allclose(masses.sum(1), 1, rtol=1e-12)


def test_gradients_are_right():
    y = tensor([1.0, 2.0, 5.0])
    log_mean = tensor([-3.0, 0.2, 1.4]).requires_grad_()
    log_size = tensor([1.0, -2.0, 0.3]).requires_grad_()
    for density in (negative_binomial, zero_truncated_negative_binomial):
        assert torch.autograd.gradcheck(
            lambda m, r, density=density: density(y, log_mean=m, log_size=r), (log_mean, log_size)
        )
