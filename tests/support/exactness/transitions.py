"""The law of a whole sweep on a tiny corpus, worked out: where it leads from every assignment, and how often it must be seen to."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import roots_jacobi
from scipy.stats import chi2

from exactness.posterior import assignments, number
from exactness.scan import scan

UNLIKELY = 1e-5
_NODES = {1: 1, 2: 24, 3: 7}
"""Nodes of the quadrature over a share, by the number of groups."""


def sweep_law(chain: Any) -> NDArray[np.float64]:
    """Return the probability of every assignment after one sweep from every assignment, shape (states, states).

    Before a phase the shares of the topics' masses are Dirichlet(beta words + counts); they are integrated over by Gauss and Jacobi's
    quadrature of each Beta distribution they break into.
    """
    corpus, layout, K, P = chain.corpus, chain._layout, chain.topics, chain.partitions
    states = assignments(corpus.tokens, K)
    document = np.repeat(np.arange(len(corpus)), corpus.lengths)
    by_document = _counts(states, document, len(corpus), K)
    by_word = _counts(states, corpus.words, len(corpus.vocabulary), K)
    by_group = _counts(states, layout.word_group[corpus.words], P, K)
    prior = chain.beta * np.bincount(layout.word_group, minlength=P)
    law = np.eye(len(states))
    for phase in scan(chain):
        moved = np.zeros_like(law)
        for start in range(len(states)):
            shares, weights = _quadrature(by_group[start] + prior[:, None], nodes=_NODES[P])
            spread = np.zeros((len(weights), len(states)))
            spread[:, start] = 1.0
            for place, d, w, g in phase:
                own = np.eye(K)[states[:, place]]
                mass = (
                    (by_document[:, d] - own + chain.alpha)
                    * (by_word[:, w] - own + chain.beta)
                    / (by_group[:, g] - own + prior[g])
                )
                spread = _drawn(
                    spread, states[:, place], shares[:, g], mass, K ** (corpus.tokens - 1 - place)
                )
            moved[start] = weights @ spread
        law = law @ moved
    return law


def stationary(law: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distribution that a law leaves as it is."""
    size = len(law)
    equations = np.vstack([law.T - np.eye(size), np.ones(size)])
    return np.asarray(np.linalg.lstsq(equations, np.append(np.zeros(size), 1.0), rcond=None)[0])


def apart(law: NDArray[np.float64], target: NDArray[np.float64], *, closer_than: float = 1e-4) -> int:
    """Return after how many sweeps a chain has forgotten its state: the total variation to `target` is small from everywhere."""
    power, sweeps = law.copy(), 1
    while np.abs(power - target).sum(axis=1).max() / 2 > closer_than:
        power, sweeps = power @ law, sweeps + 1
        assert sweeps < 500, "this chain mixes too slowly to be checked"
    return sweeps


def check_sweeps(chain: Any, *, sweeps: int, law: NDArray[np.float64] | None = None) -> float:
    """Assert that sweeps lead from each assignment where they should as often as they should (Billingsley 1961); return the p-value."""
    law = sweep_law(chain) if law is None else law
    seen = np.zeros_like(law)
    here = number(chain.assignments, chain.topics)
    for _ in range(sweeps):
        chain.sweep()
        there = number(chain.assignments, chain.topics)
        seen[here, there] += 1
        here = there
    statistic, freedom = 0.0, 0
    for row in range(len(law)):
        more, free = pooled_chi_square(seen[row], law[row])
        statistic, freedom = statistic + more, freedom + free
    assert freedom > 20, f"{sweeps} sweeps are too few for this corpus"
    p = float(chi2.sf(statistic, freedom))
    assert p > UNLIKELY, (
        f"sweeps don't follow their law: chi-square {statistic:.1f} on {freedom} degrees, p = {p:.2g}"
    )
    return p


def check_visits(chain: Any, target: NDArray[np.float64], *, visits: int, every: int) -> float:
    """Assert that states looked at every so many sweeps are distributed as `target`; return the p-value of the chi-square test.

    Args:
        chain: in any state.
        target: the posterior, every assignment at its own.
        visits: how many.
        every: sweeps between them, enough to forget (`apart`).
    """
    seen = np.zeros(len(target))
    for _ in range(visits):
        chain.sweep(every)
        seen[number(chain.assignments, chain.topics)] += 1
    statistic, freedom = pooled_chi_square(seen, target)
    assert freedom > 5, f"{visits} visits are too few for this corpus"
    p = float(chi2.sf(statistic, freedom))
    assert p > UNLIKELY, (
        f"visits don't follow the posterior: chi-square {statistic:.1f} on {freedom} degrees, p = {p:.2g}"
    )
    return p


def pooled_chi_square(seen: NDArray[Any], p: NDArray[np.float64], *, least: float = 5.0) -> tuple[float, int]:
    """Return Pearson's statistic and its degrees of freedom; cells with fewer than `least` expected are put together."""
    expected = seen.sum() * p
    order = np.argsort(-expected, kind="stable")
    large = order[expected[order] >= least]
    small = order[expected[order] < least]
    cells = [(seen[each], expected[each]) for each in large]
    rest = (float(seen[small].sum()), float(expected[small].sum()))
    if rest[1] >= least or not cells:
        cells.append(rest)
    else:
        last = cells.pop()
        cells.append((last[0] + rest[0], last[1] + rest[1]))
    if len(cells) < 2:
        return 0.0, 0
    return float(sum((n - m) ** 2 / m for n, m in cells)), len(cells) - 1


def _counts(states: Any, rows: Any, size: int, K: int) -> NDArray[np.float64]:
    found = np.zeros((len(states), size, K))
    for place, row in enumerate(rows):
        found[np.arange(len(states)), row, states[:, place]] += 1
    return found


def _drawn(spread: Any, topic: Any, shares: Any, mass: Any, step: int) -> NDArray[np.float64]:
    """Draw one token's topic anew: spread (nodes, states), shares (nodes, topics), mass (states, topics)."""
    p = shares[:, None, :] * mass[None]
    p /= p.sum(axis=2, keepdims=True)
    found = np.zeros_like(spread)
    base = np.arange(len(topic)) - topic * step
    for k in range(mass.shape[1]):
        contribution = spread * p[:, :, k]
        target = base + k * step
        for old in range(mass.shape[1]):
            chosen = topic == old
            found[:, target[chosen]] += contribution[:, chosen]
    return found


def _quadrature(shape: NDArray[np.float64], *, nodes: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return nodes, shape (n, groups, topics), and weights, shape (n,), of Dirichlet distributions with these parameters."""
    groups, topics = shape.shape
    if groups == 1:
        return np.ones((1, 1, topics)), np.ones(1)
    each = [
        _beta_nodes(float(shape[g, k]), float(shape[g + 1 :, k].sum()), nodes)
        for k in range(topics)
        for g in range(groups - 1)
    ]
    picked = np.array(list(itertools.product(range(nodes), repeat=len(each))))
    x = np.stack([values[picked[:, i]] for i, (values, _) in enumerate(each)], axis=1).reshape(
        -1, topics, groups - 1
    )
    weights = np.prod([weight[picked[:, i]] for i, (_, weight) in enumerate(each)], axis=0)
    shares, left = np.zeros((len(picked), groups, topics)), np.ones((len(picked), topics))
    for g in range(groups - 1):
        shares[:, g] = left * x[:, :, g]
        left = left * (1 - x[:, :, g])
    shares[:, -1] = left
    return shares, weights


@cache
def _beta_nodes(a: float, b: float, nodes: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, weights = roots_jacobi(nodes, b - 1, a - 1)
    return (x + 1) / 2, weights / weights.sum()
