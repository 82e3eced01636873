"""Scores of the probability of an event, for whoever cares about whether rather than how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionRecall:
    """The area under the precision-recall curve, and what a forecast that knows nothing would get.

    Args:
        area: average precision, 0 to 1, higher is better.
        base_rate: share of steps with an event: the area of a forecast without skill.
    """

    area: float
    base_rate: float


def occurrence_log_scores(p_event: _Array, event: NDArray[np.bool_]) -> _Array:
    """Return the binary cross-entropy of each step in nats, shape (steps,).

    Its mean has a floor that isn't 0 where forecasts can't be certain: compare it with the entropy of the base rate.

    Example:
        >>> occurrence_log_scores(np.array([0.5, 0.1]), np.array([True, False])).round(4).tolist()
        [0.6931, 0.1054]
    """
    with np.errstate(divide="ignore"):
        return -np.where(event, np.log(p_event), np.log1p(-p_event))


def brier_scores(p_event: _Array, event: NDArray[np.bool_]) -> _Array:
    """Return (p - [event])^2 of each step, shape (steps,) (Brier 1950, in the half form used today).

    Example:
        >>> brier_scores(np.array([0.5, 0.1]), np.array([True, False])).round(4).tolist()
        [0.25, 0.01]
    """
    return np.asarray((p_event - event) ** 2, dtype=np.float64)


def skill(score: float, *, reference: float) -> float:
    """Return 1 - score / reference of a score whose best value is 0: 0 as good as the reference, 1 perfect, negative worse.

    Example:
        >>> skill(0.15, reference=0.2)
        0.25
    """
    return 1 - score / reference if reference > 0 else float("nan")


def precision_recall(p_event: _Array, event: NDArray[np.bool_]) -> PrecisionRecall:
    """Return average precision (Davis and Goadrich 2006) with the base rate beside it.

    It measures ranking only: doubling every probability doesn't change it. Forecasts with equal probabilities are one step
    of the curve, as in scikit-learn's `average_precision_score`.

    Raises:
        ValueError: no event.

    Example:
        >>> precision_recall(np.array([0.9, 0.2, 0.1, 0.1]), np.array([True, False, False, True]))
        PrecisionRecall(area=0.75, base_rate=0.5)
    """
    if not event.any():
        raise ValueError("precision and recall need at least one event, but got none")
    order = np.argsort(-p_event, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(p_event[order]) != 0, True))
    hits = np.cumsum(event[order])[ends]
    precision = hits / (ends + 1)
    gained = np.diff(np.concatenate([[0], hits])) / hits[-1]
    return PrecisionRecall(area=float((precision * gained).sum()), base_rate=float(event.mean()))
