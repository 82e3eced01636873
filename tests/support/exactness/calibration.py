"""Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari and Gelman 2018): the truth's rank among draws given its data."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import chi2

from exactness.joint import Model

UNLIKELY = 1e-5


def check_ranks(
    model: Model, make: Any, *, replicates: int, draws: int, every: int, burn_in: int, seed: int
) -> dict[str, float]:
    """Assert that the rank of each statistic of the topics that words were drawn from is uniform among those of a chain's draws.

    Args:
        model: the model.
        make: `make(corpus, assignments, seed)` returns a chain; None leaves it to begin at random.
        replicates: data sets.
        draws: a data set; ranks go from 0 to this.
        every: sweeps between draws.
        burn_in: sweeps before the first draw.
        seed: of everything.
    """
    ranks: dict[str, list[int]] = {}
    for replicate in range(replicates):
        rng = np.random.default_rng([seed, replicate])
        truth = model.topics(rng)
        corpus = model.corpus(truth, rng)
        true = model.statistics(corpus, truth)
        chain = make(corpus, None, int(rng.integers(2**62)))
        chain.sweep(burn_in)
        sampled = []
        for _ in range(draws):
            chain.sweep(every)
            sampled.append(model.statistics(corpus, chain.assignments))
        for name, value in true.items():
            others = np.array([each[name] for each in sampled])
            close = np.isclose(others, value, rtol=1e-9, atol=1e-9)
            below, ties = int(((others < value) & ~close).sum()), int(close.sum())
            ranks.setdefault(name, []).append(below + int(rng.integers(ties + 1)))
    expected = replicates / (draws + 1)
    p_values = {}
    for name, found in ranks.items():
        seen = np.bincount(found, minlength=draws + 1)
        p_values[name] = float(chi2.sf(((seen - expected) ** 2 / expected).sum(), draws))
    least = min(p_values, key=p_values.__getitem__)
    assert p_values[least] * len(p_values) > UNLIKELY, (
        f"rank of {least}: p = {p_values[least]:.2g} ({replicates} data sets)"
    )
    return p_values
