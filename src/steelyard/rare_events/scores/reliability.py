"""Reliability without bins to choose: the CORP curve and the decomposition of a score that comes with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.rare_events.scores.occurrence import brier_scores

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reliability:
    """A CORP reliability curve: a point for each block of the isotonic fit, and the mean score's three parts.

    score = miscalibration - discrimination + uncertainty, exactly.

    Args:
        forecast: mean probability that was forecast in a block, shape (blocks,), increasing.
        observed: frequency of events in it, shape (blocks,), increasing.
        count: its steps, shape (blocks,).
        score: mean score of the forecast.
        miscalibration: what recalibrating the forecast after the fact would gain; 0 for a reliable one.
        discrimination: what the recalibrated forecast gains over the base rate; 0 for one that can't tell steps apart.
        uncertainty: mean score of the base rate.
    """

    forecast: _Array
    observed: _Array
    count: NDArray[np.int64]
    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float


def reliability(
    p_event: _Array,
    event: NDArray[np.bool_],
    *,
    scores: Callable[[_Array, NDArray[np.bool_]], _Array] = brier_scores,
) -> Reliability:
    """Return the CORP reliability curve and decomposition (Dimitriadis, Gneiting and Jordan 2021, eqs. 2-4).

    Frequencies are fitted by isotonic regression of events on probabilities (pool adjacent violators), which needs no bins
    and is the best increasing recalibration for every proper score at once.

    Args:
        p_event: forecast probabilities, shape (steps,).
        event: what happened, shape (steps,).
        scores: a proper score of each step; Brier by default.

    Raises:
        ValueError: no steps, or lengths that differ.

    Example:
        >>> p = np.array([0.1, 0.1, 0.8, 0.8])
        >>> found = reliability(p, np.array([False, False, True, False]))
        >>> found.observed.tolist(), round(found.miscalibration, 3)
        ([0.0, 0.5], 0.05)

    When it is wrong: the curve is fitted to the same steps that it judges, so miscalibration is never below 0 and is too high
    by about one part in (steps a block) on few steps.
    """
    if p_event.shape != event.shape or p_event.ndim != 1 or len(p_event) == 0:
        raise ValueError(
            f"`p_event` and `event` must be equally long and not empty, but got shapes {p_event.shape} and {event.shape}"
        )
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - slow to import

    happened = event.astype(np.float64)
    fitted = IsotonicRegression(y_min=0, y_max=1).fit(p_event, happened).predict(p_event)
    recalibrated = np.asarray(fitted, dtype=np.float64)
    values, block = np.unique(recalibrated, return_inverse=True)
    count = np.bincount(block)
    score = float(scores(p_event, event).mean())
    best = float(scores(recalibrated, event).mean())
    uncertainty = float(scores(np.full(len(event), happened.mean()), event).mean())
    return Reliability(
        forecast=np.bincount(block, weights=p_event) / count,
        observed=values,
        count=count.astype(np.int64),
        score=score,
        miscalibration=score - best,
        discrimination=uncertainty - best,
        uncertainty=uncertainty,
    )
