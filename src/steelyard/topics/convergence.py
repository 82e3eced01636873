"""Have several chains forgotten where they started? Split R-hat and effective sample size of a trace."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from steelyard.errors import InputError

LEAST_DRAWS = 4
"""Draws a chain needs before a half of it has a variance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Convergence:
    """What the chains' traces say about convergence.

    Args:
        rhat: rank-normalised split R-hat; 1 for chains that can't be told apart, nan where nothing can be said.
        ess_bulk: effective number of independent draws for the middle of the distribution.
        ess_tail: the same for its 5% and 95% quantiles, the smaller one.
        chains: number of chains.
        draws: draws of each.
    """

    rhat: float
    ess_bulk: float
    ess_tail: float
    chains: int
    draws: int


def convergence(draws: Sequence[Sequence[float]] | NDArray[Any]) -> Convergence:
    """Return rank-normalised split R-hat and effective sample sizes (Vehtari et al. 2021, eqs. 4, 10 to 14).

    Each chain is cut into halves, so that one chain that drifts is seen too. R-hat is the larger of that of normal scores of the
    draws' ranks and that of their distances from the median.

    Args:
        draws: of one number, e.g. log p(w, z), after burn-in, shape (chains, draws).

    Raises:
        InputError: another shape.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> found = convergence(rng.normal(size=(4, 500)))
        >>> found.rhat < 1.01, 1500 < found.ess_bulk < 2600
        (True, True)
        >>> convergence(rng.normal(size=(4, 500)) + np.arange(4)[:, None]).rhat > 1.5
        True

    When it is wrong: chains that all miss the same part of the posterior agree with each other. With topics that is the rule: log p(w, z)
    hardly sees which of many posterior modes a chain is in, so look at how well the topics of chains match as well. With fewer than 4 draws a
    chain, or draws that aren't finite or don't move, nothing can be said: nan.
    """
    values = np.asarray(draws, dtype=np.float64)
    if values.ndim != 2:
        raise InputError(f"`draws` must have the shape (chains, draws), but got {values.shape}")
    chains, count = values.shape
    if chains == 0 or count < LEAST_DRAWS or not np.all(np.isfinite(values)) or np.ptp(values) == 0:
        return Convergence(rhat=math.nan, ess_bulk=math.nan, ess_tail=math.nan, chains=chains, draws=count)
    halves = _halved(values)
    folded = np.abs(halves - np.median(halves))
    low, high = np.quantile(values, [0.05, 0.95])
    return Convergence(
        rhat=max(_rhat(_normal_scores(halves)), _rhat(_normal_scores(folded))),
        ess_bulk=_effective(_normal_scores(halves)),
        ess_tail=min(_effective((halves <= cut).astype(np.float64)) for cut in (low, high)),
        chains=chains,
        draws=count,
    )


def _halved(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the first and the last half of each chain as chains of their own; a middle draw is left out."""
    half = values.shape[1] // 2
    return np.concatenate([values[:, :half], values[:, -half:]])


def _normal_scores(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return normal quantiles of the ranks over all chains (Blom 1958; Vehtari et al. 2021, eq. 14)."""
    ranks = rankdata(values, method="average").reshape(values.shape)
    return np.asarray(ndtri((ranks - 3 / 8) / (values.size + 1 / 4)), dtype=np.float64)


def _rhat(values: NDArray[np.float64]) -> float:
    """Return sqrt(var+ / W) of chains as they are (Gelman and Rubin 1992; Vehtari et al. 2021, eqs. 1 to 4)."""
    within, above = _variances(values)
    if within == 0:
        return math.nan if above == 0 else math.inf
    return math.sqrt(above / within)


def _variances(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the mean variance within chains, W, and the estimate that counts the variance between them, var+."""
    draws = values.shape[1]
    within = float(values.var(axis=1, ddof=1).mean())
    between = float(values.mean(axis=1).var(ddof=1)) if len(values) > 1 else 0.0
    return within, (draws - 1) / draws * within + between


def _effective(values: NDArray[np.float64]) -> float:
    """Return the effective sample size of chains as they are (Geyer 1992; Vehtari et al. 2021, eqs. 10 to 13)."""
    chains, draws = values.shape
    within, above = _variances(values)
    if above == 0:
        return math.nan
    covariances = np.mean([_autocovariances(chain) for chain in values], axis=0)
    rho = 1 - (within - covariances) / above
    rho[0] = 1.0
    count = max((draws - 1) // 2, 1)
    pairs = rho[: 2 * count].reshape(-1, 2).sum(axis=1)
    # pairs are summed while they are positive and never rise; of the first that isn't, its even lag may count (Geyer 1992)
    end = int(np.argmax(pairs <= 0)) if np.any(pairs <= 0) else count - 1
    time = -1 + 2 * float(np.minimum.accumulate(pairs[:end]).sum()) + max(float(rho[2 * end]), 0.0)
    # antithetic chains may do better than independent ones, but not by more than log10 of the draws
    time = max(time, 1 / math.log10(chains * draws))
    return chains * draws / time


def _autocovariances(chain: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the autocovariances at lags 0 to draws - 1 (divisor draws), by Fourier transform."""
    draws = len(chain)
    size = 1 << (2 * draws - 1).bit_length()
    transformed = np.fft.rfft(chain - chain.mean(), size)
    return np.asarray(np.fft.irfft(np.abs(transformed) ** 2, size)[:draws] / draws, dtype=np.float64)
