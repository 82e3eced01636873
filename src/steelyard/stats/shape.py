"""Warnings about differences that a t interval isn't made for: skewed, outlying, or taking few values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

_LEVEL = 0.01
_SKEW_PAIRS = 8


def shape_warnings(differences: Sequence[float]) -> tuple[str, ...]:
    """Return a sentence for each reason to doubt a t interval of these differences.

    Skew by D'Agostino's (1970) test from 8 pairs on, an outlier by Grubbs' (1950) test from 4 on, both at 1%, so that
    about 2 of 100 normal samples are warned about.

    Args:
        differences: level minus reference, one a seed.

    Example:
        >>> shape_warnings([0.1, -0.2, 0.05, 0.0, 0.12])
        ()
        >>> shape_warnings([0.1, -0.2, 0.05, 0.0, 30.0])[0][:38]
        'one difference (+30) lies far from the'

    When it is wrong: with few pairs skew can't be seen; silence then isn't evidence of a normal shape.
    """
    values = np.asarray(differences, dtype=np.float64)
    if len(values) < 4 or np.ptp(values) <= 8 * np.finfo(np.float64).eps * np.abs(values).max():
        return ()
    warnings = []
    outlier = _grubbs_outlier(values)
    if outlier is not None:
        warnings.append(
            f"one difference ({outlier:+.4g}) lies far from the others (Grubbs' test, 1%): the t interval is wide and "
            "its coverage uncertain; look at that seed"
        )
    elif len(values) >= _SKEW_PAIRS:
        centred = values / np.abs(values).max()
        centred = centred - centred.mean()
        if stats.skewtest(centred).pvalue < _LEVEL:
            warnings.append(
                f"the differences are skewed (skewness {stats.skew(centred):+.2f}, D'Agostino's test, 1%): the t interval "
                "covers less than it says; run more pairs or take the metric's logarithm"
            )
    _, counts = np.unique(values, return_counts=True)
    if counts.max() > len(values) / 2:
        warnings.append(
            f"{counts.max()} of {len(values)} differences are the same number: the metric is too coarse for its spread to "
            "be trusted; use a finer one (a loss instead of a count)"
        )
    return tuple(warnings)


def _grubbs_outlier(values: NDArray[np.float64]) -> float | None:
    """Return the outlying value, or None: max |x - mean| / sd against its exact critical value."""
    n = len(values)
    scaled = values / np.abs(values).max()
    distance = np.abs(scaled - scaled.mean())
    t = float(special.stdtrit(n - 2, 1 - _LEVEL / (2 * n)))
    critical = (n - 1) / np.sqrt(n) * np.sqrt(t * t / (n - 2 + t * t))
    worst = int(distance.argmax())
    return float(values[worst]) if distance[worst] > critical * scaled.std(ddof=1) else None
