import numpy as np
import pytest
import torch
from scipy import stats

from steelyard.rare_events import likelihood

Y = np.array([0, 1, 2, 3, 8, 40])
MEANS = [1e-4, 0.3, 1.0, 7.5, 200.0]
SIZES = [0.05, 1.0, 30.0]


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize("mean", MEANS)
def test_poisson_is_scipys(mean):
    ours = likelihood.poisson(tensor(Y), log_mean=tensor(np.log(mean)))
    np.testing.assert_allclose(ours, stats.poisson.logpmf(Y, mean), rtol=1e-12)


@pytest.mark.parametrize("mean", MEANS)
def test_zero_truncated_poisson_is_scipys(mean):
    ours = likelihood.zero_truncated_poisson(tensor(Y[1:]), log_mean=tensor(np.log(mean)))
    expected = stats.poisson.logpmf(Y[1:], mean) - np.log(-np.expm1(-mean))
    np.testing.assert_allclose(ours, expected, rtol=1e-12)


@pytest.mark.parametrize("mean", MEANS)
@pytest.mark.parametrize("size", SIZES)
def test_negative_binomials_are_scipys(mean, size):
    chance = size / (size + mean)
    log_mean, log_size = tensor(np.log(mean)), tensor(np.log(size))
    ours = likelihood.negative_binomial(tensor(Y), log_mean=log_mean, log_size=log_size)
    np.testing.assert_allclose(ours, stats.nbinom.logpmf(Y, size, chance), rtol=1e-9)
    truncated = likelihood.zero_truncated_negative_binomial(
        tensor(Y[1:]), log_mean=log_mean, log_size=log_size
    )
    expected = stats.nbinom.logpmf(Y[1:], size, chance) - np.log(-np.expm1(size * np.log(chance)))
    np.testing.assert_allclose(truncated, expected, rtol=1e-9)


def test_a_large_size_is_poisson():
    ours = likelihood.negative_binomial(tensor(Y), log_mean=tensor(0.7), log_size=tensor(18.0))
    np.testing.assert_allclose(ours, likelihood.poisson(tensor(Y), log_mean=tensor(0.7)), atol=1e-5)


@pytest.mark.parametrize(("mean", "sd"), [(0.2, 1.0), (3.0, 0.4), (-1.0, 2.0)])
def test_discretised_normal_is_scipys_and_sums_to_one(mean, sd):
    counts = tensor(np.arange(60))
    ours = likelihood.discretised_normal(counts, mean=tensor(mean), sd=sd).exp()
    assert float(ours.sum()) == pytest.approx(1.0, abs=1e-12)
    k = np.arange(1, 6)
    expected = stats.norm.cdf((k + 0.5 - mean) / sd) - stats.norm.cdf((k - 0.5 - mean) / sd)
    np.testing.assert_allclose(ours[1:6], expected, atol=1e-14)


def test_discretised_normal_stays_finite_far_in_the_tails():
    logs = likelihood.discretised_normal(tensor([200.0, 0.0]), mean=tensor([0.0, 200.0]), sd=1.0)
    assert torch.isfinite(logs).all()
    assert logs[0] == pytest.approx(stats.norm.logsf(199.5), rel=1e-9)


def parameters(*shape):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(*shape, generator=generator, dtype=torch.float64, requires_grad=True)


def test_gradients_are_right():
    y = tensor([1.0, 2.0, 5.0])
    log_mean, log_size = parameters(3), parameters(3)
    check = torch.autograd.gradcheck
    assert check(lambda m: likelihood.poisson(y, log_mean=m), log_mean)
    assert check(lambda m: likelihood.zero_truncated_poisson(y, log_mean=m), log_mean)
    assert check(lambda m, r: likelihood.negative_binomial(y, log_mean=m, log_size=r), (log_mean, log_size))
    assert check(
        lambda m, r: likelihood.zero_truncated_negative_binomial(y, log_mean=m, log_size=r),
        (log_mean, log_size),
    )
    assert check(lambda z: likelihood.occurrence(tensor([0.0, 1.0, 1.0]), logit=z), log_mean)


@pytest.mark.parametrize("x", [1e-12, 1e-3, 0.6931, 0.6932, 5.0, 50.0])
def test_log1mexp_is_exact_on_both_sides(x):
    exact = float(np.log(-np.expm1(-np.longdouble(x))))
    assert float(likelihood.log1mexp(tensor(x))) == pytest.approx(exact, rel=1e-12)


def test_log1mexp_has_finite_gradients_everywhere():
    x = tensor([1e-9, 0.1, 2.0, 700.0]).requires_grad_()
    likelihood.log1mexp(x).sum().backward()
    assert torch.isfinite(x.grad).all()
