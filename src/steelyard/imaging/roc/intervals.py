"""Intervals of an area: on the logit scale from a variance, exact where every image is ranked right, or by resampling patients."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

_Array = NDArray[np.float64]
_RESAMPLES_A_PASS = 64


def logit_interval(area: float, variance: float, *, rarer: int, level: float) -> tuple[float, float]:
    """Return an interval that lies inside (0, 1): symmetric on the logit scale (Pepe 2003, section 5.2.5).

    At an area of 1 (or 0) the variance is 0 and says nothing. Then as many pairs as there are units of the rarer kind, each unit
    in one pair, were all ranked right, which happens with probability area^pairs: the bound solves it for (1 - level) / 2. It
    is exact for those pairs, and generous.

    Args:
        area: in [0, 1].
        variance: of it.
        rarer: independent units (images, or patients) of the rarer kind.
        level: coverage.

    Example:
        >>> low, high = logit_interval(0.9, 0.03**2, rarer=40, level=0.95)
        >>> round(low, 3), round(high, 3)
        (0.824, 0.945)
        >>> [round(end, 3) for end in logit_interval(1.0, 0.0, rarer=10, level=0.95)]
        [0.692, 1.0]
    """
    if area in {0.0, 1.0}:
        bound = ((1 - level) / 2) ** (1 / rarer)
        return (bound, 1.0) if area == 1.0 else (0.0, 1 - bound)
    critical = float(special.ndtri(0.5 + level / 2))
    half = critical * math.sqrt(variance) / (area * (1 - area))
    middle = float(special.logit(area))
    return float(special.expit(middle - half)), float(special.expit(middle + half))


def resampled_areas(
    present: NDArray[np.bool_],
    scores: _Array,
    patients: NDArray[np.int64],
    *,
    seed: int,
    repetitions: int,
) -> _Array:
    """Return areas on resamples of whole patients (bootstrap), those with both kinds only, shape (repetitions or fewer,).

    Args:
        present: which images have the finding, shape (images,).
        scores: shape (images,).
        patients: number of each image's patient, from 0, shape (images,).
        seed: of the resamples.
        repetitions: how many.
    """
    order = np.argsort(scores, kind="stable")
    kind, patient = present[order], patients[order]
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf))
    count = int(patients.max()) + 1
    rng = np.random.default_rng(seed)
    areas = []
    for first in range(0, repetitions, _RESAMPLES_A_PASS):
        rows = min(_RESAMPLES_A_PASS, repetitions - first)
        drawn = rng.multinomial(count, np.full(count, 1 / count), size=rows)[:, patient].astype(np.float64)
        with_it = np.add.reduceat(drawn * kind, starts, axis=1)
        without = np.add.reduceat(drawn * ~kind, starts, axis=1)
        below = np.cumsum(without, axis=1) - without / 2
        pairs = with_it.sum(axis=1) * without.sum(axis=1)
        right = (with_it * below).sum(axis=1)
        areas.append(right[pairs > 0] / pairs[pairs > 0])
    return np.concatenate(areas)
