import math

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.topics.convergence import _rhat, convergence


def autoregressive(rng, *, chains, draws, rho):
    values = np.empty((chains, draws))
    values[:, 0] = rng.normal(size=chains)
    for step in range(1, draws):
        values[:, step] = rho * values[:, step - 1] + math.sqrt(1 - rho**2) * rng.normal(size=chains)
    return values


@pytest.mark.parametrize("rho", [-0.5, 0.0, 0.5, 0.9])
def test_effective_size_of_an_autoregression_is_the_known_one(rho):
    values = autoregressive(np.random.default_rng(3), chains=8, draws=5000, rho=rho)
    truth = values.size * (1 - rho) / (1 + rho)
    assert convergence(values).ess_bulk == pytest.approx(truth, rel=0.15)


def test_rhat_by_hand():
    # W = 1 in both chains, means 0 and 2: var+ = 2/3 W + 2
    assert _rhat(np.array([[-1.0, 0.0, 1.0], [1.0, 2.0, 3.0]])) == pytest.approx(math.sqrt(2 / 3 + 2))


@pytest.mark.parametrize("shape", [(1, 40), (2, 101), (4, 500)])
@pytest.mark.parametrize("kind", ["independent", "slow", "apart", "drifting", "wider", "tied"])
def test_agrees_with_arviz(shape, kind):
    stats = pytest.importorskip("arviz_stats.base", reason="arviz-stats isn't installed")
    rng = np.random.default_rng(7)
    values = {
        "independent": lambda: rng.normal(size=shape),
        "slow": lambda: autoregressive(rng, chains=shape[0], draws=shape[1], rho=0.9),
        "apart": lambda: rng.normal(size=shape) + 0.5 * np.arange(shape[0])[:, None],
        "drifting": lambda: rng.normal(size=shape) + np.linspace(0, 3, shape[1]),
        "wider": lambda: rng.standard_cauchy(size=shape) * (1 + np.arange(shape[0]))[:, None],
        "tied": lambda: rng.poisson(2, size=shape).astype(float),
    }[kind]()
    found = convergence(values)
    theirs = stats.array_stats
    if shape[0] > 1:  # theirs says nothing about one chain
        assert found.rhat == pytest.approx(float(theirs.rhat(values, chain_axis=0, draw_axis=1)), rel=1e-9)
    assert found.ess_bulk == pytest.approx(
        float(theirs.ess(values, chain_axis=0, draw_axis=1, method="bulk")), rel=1e-9
    )
    assert found.ess_tail == pytest.approx(
        float(theirs.ess(values, chain_axis=0, draw_axis=1, method="tail", prob=(0.05, 0.95))), rel=1e-9
    )


def test_one_chain_that_drifts_is_seen():
    drifting = np.random.default_rng(0).normal(size=(1, 200)) + np.linspace(0, 4, 200)
    assert convergence(drifting).rhat > 1.3


def test_chains_of_different_spread_are_seen():
    values = np.random.default_rng(0).normal(size=(2, 400)) * np.array([[1.0], [4.0]])
    assert convergence(values).rhat > 1.1


@pytest.mark.parametrize(
    "values", [np.ones((2, 50)), np.zeros((2, 3)), np.full((1, 50), -math.inf), np.empty((0, 9))]
)
def test_says_nothing_where_nothing_can_be_said(values):
    found = convergence(values)
    assert math.isnan(found.rhat)
    assert math.isnan(found.ess_bulk)
    assert math.isnan(found.ess_tail)


def test_refuses_another_shape():
    with pytest.raises(InputError, match=r"\(chains, draws\), but got \(3,\)"):
        convergence([1.0, 2.0, 3.0])
