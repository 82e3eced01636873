import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.metrics import mean_tweedie_deviance

from steelyard.rare_events.likelihoods.tweedie import (
    discretised_tweedie,
    tweedie_deviance,
    tweedie_dispersion,
)

Y = np.array([0.0, 1.0, 2.0, 3.0, 8.0, 40.0])
POWERS = [1.05, 1.5, 1.9]


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def compound(edges, mean, power, dispersion):
    """The distribution function by the definition, with scipy."""
    rate = mean ** (2 - power) / (dispersion * (2 - power))
    n = np.arange(1, int(rate + 20 * np.sqrt(rate)) + 60)[:, None]
    gammas = stats.gamma.cdf(
        edges, n * (2 - power) / (power - 1), scale=dispersion * (power - 1) * mean ** (power - 1)
    )
    return np.exp(-rate) + (stats.poisson.pmf(n, rate) * gammas).sum(0)


@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize("mean", [0.01, 0.7, 6.0])
def test_deviance_is_scikit_learns_and_statsmodels(power, mean):
    means = np.full_like(Y, mean)
    ours = tweedie_deviance(tensor(Y), log_mean=tensor(np.log(means)), power=power)
    assert float(ours.mean()) == pytest.approx(mean_tweedie_deviance(Y, means, power=power), rel=1e-9)
    families = pytest.importorskip("statsmodels.api").families
    assert float(ours.sum()) == pytest.approx(families.Tweedie(var_power=power).deviance(Y, means), rel=1e-6)


@pytest.mark.parametrize("power", POWERS)
def test_deviance_is_least_and_zero_at_the_count(power):
    y = tensor(Y[1:])
    log_mean = y.log().requires_grad_()
    deviance = tweedie_deviance(y, log_mean=log_mean, power=power)
    np.testing.assert_allclose(deviance.detach(), 0, atol=1e-12)
    deviance.sum().backward()
    np.testing.assert_allclose(log_mean.grad, 0, atol=1e-10)
    assert torch.autograd.gradcheck(
        lambda m: tweedie_deviance(tensor(Y), log_mean=m, power=power),
        tensor([-2.0, 0, 1, 2, 0, -1]).requires_grad_(),
    )


@pytest.mark.parametrize("power", [1.1, 1.5, 1.9])
@pytest.mark.parametrize(("mean", "dispersion"), [(0.02, 0.5), (0.4, 2.0), (3.0, 1.0), (40.0, 0.3)])
def test_masses_are_those_of_the_definition_and_sum_to_one(power, mean, dispersion):
    logs = discretised_tweedie(most=2000, log_mean=tensor([np.log(mean)]), power=power, dispersion=dispersion)
    masses = logs[0].exp().numpy()
    assert masses.sum() == pytest.approx(1, abs=1e-9)
    below = compound(np.arange(30) + 0.5, mean, power, dispersion)
    np.testing.assert_allclose(masses[:30], np.diff(below, prepend=0), atol=1e-13)


def test_mean_and_variance_are_tweedies_but_for_the_rounding():
    mean, power, dispersion = 30.0, 1.5, 0.8
    masses = discretised_tweedie(
        most=600, log_mean=tensor([np.log(mean)]), power=power, dispersion=dispersion
    )
    masses = masses[0].exp().numpy()
    k = np.arange(601)
    assert masses @ k == pytest.approx(mean, rel=1e-3)
    assert masses @ (k - mean) ** 2 == pytest.approx(dispersion * mean**power + 1 / 12, rel=1e-3)


def test_many_means_at_once_are_the_same_as_each_alone():
    log_means = tensor([[-12.0, -1.0, 0.0], [2.0, 5.0, 6.0]])
    together = discretised_tweedie(most=40, log_mean=log_means, power=1.5, dispersion=0.7)
    assert together.shape == (2, 3, 41)
    assert torch.isfinite(together).all()
    for row in range(2):
        for column in range(3):
            alone = discretised_tweedie(most=40, log_mean=log_means[row, column], power=1.5, dispersion=0.7)
            np.testing.assert_allclose(alone.exp(), together[row, column].exp(), atol=1e-13)
    assert discretised_tweedie(most=4, log_mean=tensor([]), power=1.5, dispersion=1.0).shape == (0, 5)


def test_dispersion_is_found_again():
    rng = np.random.default_rng(0)
    mean, power, dispersion = 2.0, 1.6, 1.4
    rate = mean ** (2 - power) / (dispersion * (2 - power))
    numbers = rng.poisson(rate, size=20_000)
    shapes = np.maximum(numbers, 1) * (2 - power) / (power - 1)
    amounts = rng.gamma(shapes, dispersion * (power - 1) * mean ** (power - 1)) * (numbers > 0)
    counts = tensor(np.floor(amounts + 0.5))
    found = tweedie_dispersion(counts, log_mean=torch.full_like(counts, np.log(mean)), power=power)
    assert found == pytest.approx(dispersion, rel=0.03)
