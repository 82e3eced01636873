"""Folds: which dates are forecast from which training, and the series as they were known then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from steelyard.data.dates import Dates
from steelyard.data.series import CountSeries
from steelyard.errors import InputError

TEST_SHARE = 0.2
"""Share of the dates that is forecast where nobody says from when on."""
_LEAST_KNOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fold:
    """One training, and the origins that are forecast from it.

    Args:
        index: from 0.
        training: every series' steps that the training knows, all of them before `start`.
        shown: the series that forecasts are asked of, up to the last target of the fold's last origin.
        start: date (or position) of the first origin: the first one that is forecast one step ahead.
        stop: date of the first origin that isn't of this fold any more; None for the last fold.
        origins: dates of the fold's origins.
    """

    index: int
    training: tuple[CountSeries, ...]
    shown: tuple[CountSeries, ...]
    start: Any
    stop: Any | None
    origins: Dates


def folds_of(
    series: Sequence[CountSeries],
    *,
    horizon: int,
    start: Any = None,
    every: int = 1,
    folds: int | None = None,
    refit_every: int | None = None,
    window: int | None = None,
) -> tuple[Fold, ...]:
    """Return the folds of a rolling-origin backtest, in the order of time (Tashman 2000).

    Dates are those of all series together. An origin on a date knows the steps before it. A series takes part in a fold when it has 3
    steps before the fold's start and one from there on.

    Args:
        series: all of them, whole.
        horizon: how many steps ahead are forecast.
        start: date (or position) of the first origin; None: where the last fifth of the dates begins.
        every: distance of the origins, in dates.
        folds: how many trainings, on equally many origins each; None for 1, or what `refit_every` makes.
        refit_every: origins from one training to the next.
        window: dates that a training goes back (a sliding window); None: all there are (an expanding one).

    Raises:
        InputError: numbers below 1, both `folds` and `refit_every`, more folds than origins, no date before `start` or after it.

    Example:
        >>> from steelyard.data import read_series
        >>> found = folds_of(read_series([0, 1] * 10), horizon=2, start=12, folds=2)
        >>> [(len(fold.training[0]), fold.origins.tolist(), len(fold.shown[0])) for fold in found]
        [(12, [12, 13, 14, 15], 17), (16, [16, 17, 18, 19], 20)]
    """
    for name, value in (
        ("horizon", horizon),
        ("every", every),
        ("folds", folds),
        ("refit_every", refit_every),
        ("window", window),
    ):
        if value is not None and value < 1:
            raise InputError(f"`{name}` must be at least 1, but got {value}")
    if folds is not None and refit_every is not None:
        raise InputError(
            f"only one of `folds` and `refit_every` must be given, but got {folds} and {refit_every}"
        )
    dates = np.unique(np.concatenate([each.ds for each in series]))
    first = _first(dates, start)
    origins = dates[first::every]
    size = refit_every or -(-len(origins) // (folds or 1))
    if folds is not None and folds > len(origins):
        raise InputError(
            f"`folds` must not exceed the {len(origins)} origins, but got {folds}; start earlier, or ask for fewer"
        )
    found: list[Fold] = []
    for index, at in enumerate(range(0, len(origins), size)):
        mine = origins[at : at + size]
        stop = origins[at + size] if at + size < len(origins) else None
        found.append(_fold(series, dates, mine, index=index, stop=stop, horizon=horizon, window=window))
    return tuple(found)


def _first(dates: Dates, start: Any) -> int:
    """Return which date is the first origin."""
    if start is None:
        return int(len(dates) * (1 - TEST_SHARE))
    try:
        like: Any = np.datetime64(start, "us") if dates.dtype.kind == "M" else np.int64(start)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`start` must be a date like those of the series ({dates[0]}), but got {start!r}"
        ) from error
    first = int(np.searchsorted(dates, like))
    if not 0 < first < len(dates):
        raise InputError(
            f"`start` must lie after the first date ({dates[0]}) and not after the last ({dates[-1]}), but got {start!r}"
        )
    return first


def _fold(
    series: Sequence[CountSeries],
    dates: Dates,
    origins: Dates,
    *,
    index: int,
    stop: Any | None,
    horizon: int,
    window: int | None,
) -> Fold:
    start = origins[0]
    at = int(np.searchsorted(dates, start))
    oldest = dates[max(at - window, 0)] if window is not None else dates[0]
    training, shown = [], []
    for each in series:
        known = each.before(start)
        recent = since(known, int(np.searchsorted(known.ds, oldest)))
        if len(recent) >= _LEAST_KNOWN:
            training.append(recent)
        last = int(np.searchsorted(each.ds, origins[-1], side="right")) - 1 + horizon
        if len(known) >= _LEAST_KNOWN and len(each) > len(known):
            shown.append(each.before(each.ds[last]) if last < len(each) else each)
    if not training or not shown:
        raise InputError(
            f"at least one series must have {_LEAST_KNOWN} steps before {start} and one from there on, but none has; start elsewhere, "
            "or take a longer window"
        )
    return Fold(
        index=index,
        training=tuple(training),
        shown=tuple(shown),
        start=start,
        stop=stop,
        origins=origins,
    )


def since(series: CountSeries, row: int) -> CountSeries:
    """Return a series from a row on: everything that has a row a step is cut.

    Example:
        >>> from steelyard.data import read_series
        >>> [whole] = read_series([0, 1, 0, 2])
        >>> since(whole, 2).y.tolist()
        [0, 2]
    """
    if row == 0:
        return series
    by_step = ("ds", "y", "past", "known")
    cut = {name: values[row:] for name in by_step if (values := getattr(series, name, None)) is not None}
    return replace(series, **cut)
