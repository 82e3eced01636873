"""Proper scores of the whole distribution of a count; lower is better; one value a step, to be averaged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.rare_events.forecast import Forecast
from steelyard.rare_events.scores.checking import check_aligned

_Array = NDArray[np.float64]


def log_scores(forecast: Forecast, y: NDArray[np.int64]) -> _Array:
    """Return -log P(what happened) of each step in nats, shape (steps,) (Good 1952; Gneiting and Raftery 2007, section 4.1).

    Strictly proper: only the true distribution has the lowest expectation. Counts above `forecast.most` are scored by the
    probability of "most or more".

    Raises:
        ValueError: as many counts as steps are needed.

    Example:
        >>> sure = Forecast.one_step(np.log([[0.5, 0.25, 0.25]]))
        >>> log_scores(sure, np.array([1])).tolist()
        [1.386294...]
    """
    check_aligned(forecast, y)
    return -forecast.log_likelihood(y)


def ranked_probability_scores(forecast: Forecast, y: NDArray[np.int64]) -> _Array:
    """Return the ranked probability score of each step in counts, shape (steps,) (Epstein 1969; Gneiting and Raftery 2007, eq. 20).

    The sum over k of (P(count <= k) - [count <= k])^2: the Brier scores of all thresholds. For a sure forecast it is the
    absolute error.

    Raises:
        ValueError: as many counts as steps are needed.

    Example:
        >>> sure = Forecast.one_step(np.log([[0.5, 0.25, 0.25]]))
        >>> ranked_probability_scores(sure, np.array([1])).tolist()
        [0.3125]
    """
    check_aligned(forecast, y)
    cumulative = np.cumsum(forecast.pmf, axis=1)[:, :-1]
    reached = np.minimum(y, forecast.most)[:, None] <= np.arange(forecast.most)
    return np.asarray(((cumulative - reached) ** 2).sum(axis=1), dtype=np.float64)


def absolute_errors(forecast: Forecast, y: NDArray[np.int64]) -> _Array:
    """Return |median forecast - count| of each step, shape (steps,).

    When it is wrong: where more than half of the steps are zero the best median is zero whatever the forecast knows, so the
    all-zero forecast is hard to beat. It ranks forecasts of rare events badly; use it to see that, not to choose.

    Raises:
        ValueError: as many counts as steps are needed.
    """
    check_aligned(forecast, y)
    return np.asarray(np.abs(forecast.quantile(0.5) - y), dtype=np.float64)
