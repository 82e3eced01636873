"""What forecasts of single steps say about all of them together, and what they leave open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Totals:
    """What is known of the count over a horizon, a row for each series and origin, in the forecast's order.

    The expected total is exact: the mean of a sum is the sum of the means, however the steps depend on each other. The probability
    of any event does depend on that: forecasts of single steps only bound it. `draw_scenarios` gives a number, and the distribution
    of the total.

    Args:
        unique_id: the series, shape (origins,).
        origin: how many of the series' steps were known, shape (origins,).
        steps: how many forecasts the total is over; fewer than the horizon where targets beyond the end were left out.
        expected: expected count over them all, shape (origins,).
        p_any_least: the least that P(any event) can be, that of the likeliest step (all events in one), shape (origins,).
        p_any_most: the most, the sum of all (never two events together), at most 1 (Frechet 1935), shape (origins,).
    """

    unique_id: NDArray[np.str_]
    origin: NDArray[np.int64]
    steps: NDArray[np.int64]
    expected: _Array
    p_any_least: _Array
    p_any_most: _Array


def totals_of(
    *, unique_id: NDArray[np.str_], origin: NDArray[np.int64], mean: _Array, p_event: _Array
) -> Totals:
    """Return what forecasts say about the totals over all steps from each origin.

    Args:
        unique_id: the series of each forecast, shape (forecasts,).
        origin: how many steps it knew, shape (forecasts,).
        mean: expected count, shape (forecasts,).
        p_event: P(count > 0), shape (forecasts,).

    Example:
        >>> names, origins = np.array(["a", "a"]), np.array([9, 9])
        >>> week = totals_of(unique_id=names, origin=origins, mean=np.array([0.5, 0.25]), p_event=np.array([0.4, 0.2]))
        >>> week.steps.tolist(), week.expected.tolist(), week.p_any_least.round(2).tolist(), week.p_any_most.round(2).tolist()
        ([2], [0.75], [0.4], [0.6])
    """
    places: dict[tuple[str, int], int] = {}
    pairs = zip(unique_id.tolist(), origin.tolist(), strict=True)
    group = np.array([places.setdefault(pair, len(places)) for pair in pairs], dtype=np.int64)
    largest = np.zeros(len(places))
    np.maximum.at(largest, group, p_event)
    total = np.bincount(group, weights=p_event, minlength=len(places))
    return Totals(
        unique_id=np.array([name for name, _ in places], dtype=np.str_),
        origin=np.array([known for _, known in places], dtype=np.int64),
        steps=np.bincount(group, minlength=len(places)).astype(np.int64),
        expected=np.bincount(group, weights=mean, minlength=len(places)).astype(np.float64),
        p_any_least=largest,
        p_any_most=np.minimum(total, 1.0),
    )
