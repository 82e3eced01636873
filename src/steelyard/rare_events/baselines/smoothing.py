"""Simple exponential smoothing, and the strengths that go with a smoothed level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.signal import lfilter
from scipy.stats import nbinom

_Array = NDArray[np.float64]
_SIZES = (1e-2, 1e4)


def levels(values: _Array, *, gain: float, initial: float) -> _Array:
    """Return the smoothed level before the first value and after each, shape (values + 1,).

    level[0] = initial, level[t] = level[t - 1] + gain (value[t - 1] - level[t - 1]) (Brown 1956).

    Args:
        values: shape (values,), may be empty.
        gain: share of each surprise that is believed, 0 to 1.
        initial: level before the first value.

    Example:
        >>> levels(np.array([4.0, 4.0]), gain=0.5, initial=0.0).tolist()
        [0.0, 2.0, 3.0]
    """
    if len(values) == 0:
        return np.array([initial])
    smoothed, _ = lfilter([gain], [1, gain - 1], values, zi=[(1 - gain) * initial])
    return np.concatenate([[initial], smoothed])


def strengths_at(mean: _Array, *, size: float, most: int) -> _Array:
    """Return P(strength = k | event), k = 1 .. most, shape (steps, most), everything above gathered in the last.

    One more than a negative binomial count, so that an event is at least 1 and the mean is exactly what was smoothed (the
    hurdle shifted distributions of Snyder, Ord and Beaumont 2012, section 3.2).

    Args:
        mean: expected strength, above 1, shape (steps,).
        size: the negative binomial's r; large for Poisson.
        most: largest tabulated count.

    Example:
        >>> pmf = strengths_at(np.array([2.0]), size=1.0, most=60)
        >>> pmf[0, :3].tolist(), round(float(pmf[0] @ np.arange(1, 61)), 6)
        ([0.5, 0.25, 0.125], 2.0)
    """
    chance = size / (size + np.maximum(mean - 1, 1e-6))[:, None]
    pmf = np.asarray(nbinom.pmf(np.arange(most), size, chance), dtype=np.float64)
    pmf[:, -1] = nbinom.sf(most - 2, size, chance[:, 0])
    pmf = np.maximum(pmf, 1e-300)
    return np.asarray(pmf / pmf.sum(axis=1, keepdims=True), dtype=np.float64)


def fit_size(strengths: NDArray[np.int64], mean: _Array) -> float:
    """Return the negative binomial size that makes strengths most likely, given the mean forecast for each; 1 without any.

    Example:
        >>> draws = 1 + np.random.default_rng(0).negative_binomial(2.0, 0.5, size=4000)
        >>> 1.8 < fit_size(draws, np.full(4000, 3.0)) < 2.2
        True
    """
    if len(strengths) == 0:
        return 1.0
    excess = np.maximum(mean - 1, 1e-6)

    def nats(log_size: float) -> float:
        size = np.exp(log_size)
        return float(-nbinom.logpmf(strengths - 1, size, size / (size + excess)).sum())

    found = minimize_scalar(
        nats, bounds=(float(np.log(_SIZES[0])), float(np.log(_SIZES[1]))), method="bounded"
    )
    return float(np.exp(found.x))
