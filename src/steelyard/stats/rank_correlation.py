"""Whether one number goes up when another does: rank correlation with an interval, one a run or within runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError

FEWEST = 4
"""Pairs (or runs) from which on there is an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankCorrelation:
    """A rank correlation.

    Args:
        rho: Spearman's, -1 to 1; nan where one of the two doesn't vary.
        low: lower end of the interval; -1 where too little is known.
        high: upper end; 1 where too little is known.
        count: independent things it rests on: pairs, or runs.
    """

    rho: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        """Return it as people write it."""
        return f"{self.rho:+.2f} ({self.low:+.2f} to {self.high:+.2f}, {self.count})"


def rank_correlation(
    first: Sequence[float], second: Sequence[float], *, level: float = 0.95
) -> RankCorrelation:
    """Return Spearman's rank correlation of independent pairs, one a run.

    The interval is Fisher's transformation with the variance (1 + rho^2 / 2) / (n - 3) of Bonett and Wright (2000).

    Args:
        first: a number of each run.
        second: another number of each, in the same order.
        level: coverage, 0 to 1.

    Raises:
        InputError: sequences of different lengths, fewer than three pairs, a number that isn't finite, or a level outside (0, 1).

    Example:
        >>> print(rank_correlation([1, 2, 3, 4, 5, 6], [1, 3, 2, 4, 6, 5]))
        +0.89 (+0.07 to +0.99, 6)

    When it is wrong: pairs that depend on each other (points along one training), for which there is `within_runs`; rho near -1 or 1 with few
    pairs; something else that moves both (how long was trained, the learning rate).

    References:
        Bonett and Wright (2000), Sample size requirements for estimating Pearson, Kendall and Spearman correlations, Psychometrika 65.
    """
    one, other = _paired(first, second, least=3)
    rho = _spearman(one, other)
    count = len(one)
    if math.isnan(rho) or count < FEWEST:
        return RankCorrelation(rho=rho, low=-1.0, high=1.0, count=count)
    half = _normal(level) * math.sqrt((1 + rho * rho / 2) / (count - 3))
    centre = math.atanh(min(max(rho, -1 + 1e-12), 1 - 1e-12))
    return RankCorrelation(rho=rho, low=math.tanh(centre - half), high=math.tanh(centre + half), count=count)


def within_runs(
    runs: Sequence[tuple[Sequence[float], Sequence[float]]], *, level: float = 0.95
) -> RankCorrelation:
    """Return the mean of Spearman's rank correlations inside each of several runs.

    Points of one run depend on each other; runs don't. So each run gives one correlation, and the interval is Student's, of their mean.

    Args:
        runs: of each, two series along it.
        level: coverage, 0 to 1.

    Raises:
        InputError: no run, a run of fewer than three points, and what `rank_correlation` raises.

    Example:
        >>> rising, noisy, falling = [1, 2, 3, 4], [1, 3, 2, 4], [4, 3, 2, 1]
        >>> print(within_runs([(rising, rising), (rising, noisy), (rising, noisy), (rising, rising)]))
        +0.90 (+0.72 to +1.00, 4)

    When it is wrong: a run in which one of the two doesn't vary has no correlation and is left out. Anything that only goes one way in a training
    correlates with everything else that does: compare with the correlation of the step's number.
    """
    if not runs:
        raise InputError("there must be at least one run, but got none")
    inside = [_spearman(*_paired(first, second, least=3)) for first, second in runs]
    values = np.array([each for each in inside if not math.isnan(each)])
    if len(values) < FEWEST:
        rho = float(values.mean()) if len(values) else math.nan
        return RankCorrelation(rho=rho, low=-1.0, high=1.0, count=len(values))
    mean, error = float(values.mean()), float(values.std(ddof=1)) / math.sqrt(len(values))
    half = _student(level, len(values) - 1) * error
    return RankCorrelation(
        rho=mean, low=max(mean - half, -1.0), high=min(mean + half, 1.0), count=len(values)
    )


def _paired(
    first: Sequence[float], second: Sequence[float], *, least: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    one, other = (np.asarray(each, dtype=np.float64) for each in (first, second))
    if one.ndim != 1 or one.shape != other.shape:
        raise InputError(f"both must be as many numbers, but got shapes {one.shape} and {other.shape}")
    if len(one) < least:
        raise InputError(f"a rank correlation must have at least {least} pairs, but got {len(one)}")
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise InputError("both must be finite; leave out pairs in which one isn't")
    return one, other


def _spearman(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    from scipy.stats import rankdata  # noqa: PLC0415 - a heavy import

    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return math.nan
    a, b = rankdata(one), rankdata(other)
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip(a @ b / math.sqrt(float(a @ a) * float(b @ b)), -1.0, 1.0))


def _normal(level: float) -> float:
    from scipy.special import ndtri  # noqa: PLC0415 - a heavy import

    return _checked(level, ndtri((1 + level) / 2))


def _student(level: float, degrees: int) -> float:
    from scipy.special import stdtrit  # noqa: PLC0415 - a heavy import

    return _checked(level, stdtrit(degrees, (1 + level) / 2))


def _checked(level: float, quantile: Any) -> float:
    if not 0 < level < 1:
        raise InputError(f"`level` must lie between 0 and 1, but got {level}; 0.95 is usual")
    return float(quantile)
