from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from steelyard.weigh.count_fit import fit_negative_binomial, negative_binomial_nats


@pytest.mark.parametrize("size", [1e-3, 0.5, 3.0, 1e4])
def test_the_likelihood_is_that_of_scipy(size: float) -> None:
    y = np.array([0.0, 1.0, 2.0, 7.0, 400.0])
    peer = -stats.nbinom.logpmf(y, size, size / (size + 1.7))
    assert negative_binomial_nats(y, mean=1.7, size=size) == pytest.approx(peer, rel=1e-8)


def test_an_infinite_size_is_poisson() -> None:
    y = np.arange(6.0)
    peer = -stats.poisson.logpmf(y, 1.7)
    assert negative_binomial_nats(y, mean=1.7, size=math.inf) == pytest.approx(peer)
    assert negative_binomial_nats(y, mean=1.7, size=1e9) == pytest.approx(peer, rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_no_size_is_likelier(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = rng.negative_binomial(rng.uniform(0.05, 5), rng.uniform(0.05, 0.9), size=80).astype(float)
    mean, size = fit_negative_binomial(y)
    found = negative_binomial_nats(y, mean=mean, size=size).sum()
    grid = np.exp(np.linspace(-14, 14, 800))
    best = min(negative_binomial_nats(y, mean=mean, size=float(each)).sum() for each in grid)
    assert found <= best + 1e-6


def test_less_spread_than_poisson_is_poisson() -> None:
    assert fit_negative_binomial(np.array([3.0, 4.0, 3.0])) == (pytest.approx(10 / 3), math.inf)
