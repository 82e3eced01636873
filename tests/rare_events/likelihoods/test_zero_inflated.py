import numpy as np
import pytest
import torch

from steelyard.rare_events.likelihoods.poisson import poisson
from steelyard.rare_events.likelihoods.zero_inflated import (
    zero_inflated_negative_binomial,
    zero_inflated_poisson,
)

Y = np.array([0, 1, 2, 3, 8, 40])
SHARES = [0.01, 0.4, 0.95]
MEANS = [0.05, 1.0, 7.5]


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def logit(share):
    return tensor(np.log(share / (1 - share)))


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("mean", MEANS)
def test_poisson_is_statsmodels(share, mean):
    zipoisson = pytest.importorskip("statsmodels.distributions.discrete").zipoisson
    ours = zero_inflated_poisson(tensor(Y), logit=logit(share), log_mean=tensor(np.log(mean)))
    np.testing.assert_allclose(ours, zipoisson.logpmf(Y, mean, share), rtol=1e-10)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("mean", MEANS)
@pytest.mark.parametrize("size", [0.3, 5.0])
def test_negative_binomial_is_statsmodels(share, mean, size):
    zinegbin = pytest.importorskip("statsmodels.distributions.discrete").zinegbin
    ours = zero_inflated_negative_binomial(
        tensor(Y), logit=logit(share), log_mean=tensor(np.log(mean)), log_size=tensor(np.log(size))
    )
    np.testing.assert_allclose(ours, zinegbin.logpmf(Y, mean, 1 / size, 2, share), rtol=1e-8)


def test_masses_sum_to_one_and_no_share_is_the_plain_count():
    y = torch.arange(3000, dtype=torch.float64)
    arguments = {"logit": tensor(0.3), "log_mean": tensor(0.8)}
    assert float(zero_inflated_poisson(y, **arguments).exp().sum()) == pytest.approx(1, abs=1e-12)
    masses = zero_inflated_negative_binomial(y, log_size=tensor(-1.0), **arguments).exp()
    assert float(masses.sum()) == pytest.approx(1, abs=1e-12)
    plain = zero_inflated_poisson(y[:30], logit=tensor(-50.0), log_mean=tensor(0.8))
    np.testing.assert_allclose(plain, poisson(y[:30], log_mean=tensor(0.8)), rtol=1e-12)


def test_gradients_are_right():
    y = tensor([0.0, 0.0, 1.0, 5.0])
    z, m, r = (tensor(each).requires_grad_() for each in ([-2.0, 1, 0, 3], [0.5, -3, 1, 2], [0.1, 1, -1, 2]))
    assert torch.autograd.gradcheck(lambda z, m: zero_inflated_poisson(y, logit=z, log_mean=m), (z, m))
    assert torch.autograd.gradcheck(
        lambda z, m, r: zero_inflated_negative_binomial(y, logit=z, log_mean=m, log_size=r), (z, m, r)
    )


@pytest.mark.parametrize("count", [0.0, 1.0, 1000.0])
def test_is_finite_with_finite_gradients_at_the_extremes(count):
    z, m, r = (
        each.flatten().double().requires_grad_()
        for each in torch.meshgrid(
            *(torch.tensor([low, 0.0, high]) for low, high in ((-500.0, 500.0), (-12, 9), (-5, 7))),
            indexing="ij",
        )
    )
    y = torch.full_like(z, count)
    logs = zero_inflated_poisson(y, logit=z, log_mean=m) + zero_inflated_negative_binomial(
        y, logit=z, log_mean=m, log_size=r
    )
    assert torch.isfinite(logs).all()
    for gradient in torch.autograd.grad(logs.sum(), (z, m, r)):
        assert torch.isfinite(gradient).all()
