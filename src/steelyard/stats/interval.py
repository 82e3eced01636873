"""The interval of a mean paired difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """Mean and spread of paired differences.

    Args:
        mean: their mean.
        sd: their standard deviation (divisor n - 1); nan with fewer than 2.
        pairs: how many.
    """

    mean: float
    sd: float
    pairs: int

    @property
    def standard_error(self) -> float:
        """Return sd / sqrt(pairs)."""
        return self.sd / float(np.sqrt(self.pairs)) if self.pairs > 1 else float("nan")

    def interval(self, critical: float) -> tuple[float, float]:
        """Return mean -+ critical standard errors; the whole line where nothing is known."""
        if self.pairs < 2 or np.isinf(critical):
            return (-float("inf"), float("inf"))
        half = critical * self.standard_error
        return (self.mean - half, self.mean + half)


def summarise(differences: Sequence[float], *, magnitude: float = 0.0) -> Mean:
    """Return mean, spread and number of paired differences.

    Differences that are equal up to rounding get a spread of exactly 0 (and a mean of exactly 0 when that is rounding too),
    so that a trial function that ignores its seed isn't taken for one that reproduces to 16 digits by luck.

    Args:
        differences: level minus reference, one a seed.
        magnitude: largest absolute value among the numbers that were subtracted; their rounding is what counts.

    Raises:
        InputError: a difference that isn't finite, or a spread beyond the largest float.

    Example:
        >>> summarise([1.0, 2.0, 3.0])
        Mean(mean=2.0, sd=1.0, pairs=3)
        >>> summarise([1000.1 - 1000.0, 1000.3 - 1000.2], magnitude=1000.3).sd
        0.0
    """
    values = np.asarray(differences, dtype=np.float64)
    if not np.isfinite(values).all():
        raise InputError(
            f"`differences` must be finite, but got {values.tolist()}; leave failed seeds out, or rescale the metric"
        )
    if len(values) == 0:
        return Mean(mean=float("nan"), sd=float("nan"), pairs=0)
    largest = float(np.abs(values).max())
    _, power = np.frexp(largest)  # near 1, squares neither overflow nor vanish
    scaled = np.ldexp(values, -power)
    mean = float(np.ldexp(scaled.mean(), power))
    if len(values) == 1:
        return Mean(mean=mean, sd=float("nan"), pairs=1)
    with np.errstate(over="ignore"):
        sd = float(np.ldexp(scaled.std(ddof=1), power))
    if not np.isfinite(sd):
        raise InputError(
            f"`differences` must have a finite spread, but got {values.tolist()}; rescale the metric"
        )
    rounding = 4 * float(np.finfo(np.float64).eps) * max(largest, magnitude)
    if sd <= rounding:
        return Mean(mean=mean if abs(mean) > rounding else 0.0, sd=0.0, pairs=len(values))
    return Mean(mean=mean, sd=sd, pairs=len(values))


def paired_t_interval(differences: Sequence[float], *, level: float = 0.95) -> tuple[float, float]:
    """Return the paired t interval of the mean difference at one planned look (Student 1908).

    Args:
        differences: level minus reference, one a seed; at least 2.
        level: coverage in (0, 1).

    Raises:
        InputError: fewer than 2 differences, or one that isn't finite.

    Example:
        >>> low, high = paired_t_interval([0.1, 0.3, 0.2, 0.4])
        >>> round(low, 4), round(high, 4)
        (0.0446, 0.4554)

    When it is wrong: skewed differences (lognormal: coverage .82 at 5 pairs), outliers, pairs that depend on each other.
    """
    mean = summarise(differences)
    if mean.pairs < 2:
        raise InputError(f"at least 2 differences must be given to know a spread, but got {mean.pairs}")
    return mean.interval(float(special.stdtrit(mean.pairs - 1, (1 + level) / 2)))
