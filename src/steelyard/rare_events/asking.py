"""Which forecasts are asked for: of every series, from which origins, how far ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.dates import Dates
from steelyard.data.series import CountSeries
from steelyard.errors import InputError
from steelyard.rare_events.coerce import as_series, rows_from
from steelyard.rare_events.forecast import Forecast

_Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """The forecasts that are asked for of one series, origin after origin, then by horizon.

    Args:
        series: counts, dates and covariates; a forecast may use the rows before its origin only, and of later ones what is known in
            advance.
        origin: how many steps each forecast knows, shape (forecasts,).
        horizon: how many steps ahead it looks, from 1, shape (forecasts,).
        ds: the date that it is of, shape (forecasts,).
    """

    series: CountSeries
    origin: _Rows
    horizon: _Rows
    ds: Dates

    @property
    def row(self) -> _Rows:
        """Return the row of the series that each forecast is of; the series' length and more for the future."""
        return self.origin + self.horizon - 1

    def counts(self, *, lag: int = 1) -> _Rows:
        """Return the count `lag` steps before what each origin doesn't know (1: the last known one), 0 before the start."""
        back = self.origin - lag
        return np.where(back >= 0, self.series.y[np.maximum(back, 0)], 0)


def asked_of(source: Any, *, start: Any, horizon: int, every: int = 1) -> Iterator[Asked]:
    """Yield what is asked of each series in a source.

    Args:
        source: a `CountSeries`, several, or anything `read_series` reads.
        start: first date (or position) forecast one step ahead; None: one origin, the series' end, with all horizons.
        horizon: most steps ahead, at least 1.
        every: distance of the origins, at least 1.

    Raises:
        InputError: a horizon or distance below 1; a start after a series' end.

    Example:
        >>> [asked] = asked_of([0, 2, 0, 1], start=2, horizon=2)
        >>> asked.origin.tolist(), asked.horizon.tolist(), asked.ds.tolist()
        ([2, 2, 3], [1, 2, 1], [2, 3, 3])
    """
    for name, value in (("horizon", horizon), ("every", every)):
        if value < 1:
            raise InputError(f"`{name}` must be at least 1, but got {value}")
    for series in as_series(source):
        first = rows_from(series, start)
        if start is None:
            ahead = np.arange(1, horizon + 1)
            ds = series.dates_from(first, steps=horizon)
            yield Asked(series=series, origin=np.full(horizon, first), horizon=ahead, ds=ds)
        else:
            yield asked_inside(series, first=first, horizon=horizon, every=every)


def asked_inside(series: CountSeries, *, first: int, horizon: int, every: int = 1) -> Asked:
    """Return what is asked from origin `first` on, all targets inside the series (so that their counts are known).

    Example:
        >>> [series] = as_series([0, 2, 0, 1])
        >>> asked_inside(series, first=2, horizon=1).row.tolist()
        [2, 3]
    """
    origins = np.arange(first, len(series), every)
    origin, ahead = np.repeat(origins, horizon), np.tile(np.arange(1, horizon + 1), len(origins))
    there = origin + ahead - 1 < len(series)
    origin, ahead = origin[there], ahead[there]
    return Asked(series=series, origin=origin, horizon=ahead, ds=series.ds[origin + ahead - 1])


def forecast_each(
    source: Any,
    *,
    start: Any,
    horizon: int,
    every: int,
    log_pmf: Callable[[Asked], NDArray[np.float64]],
) -> Forecast:
    """Return what `log_pmf` says to what is asked of each series (shape (forecasts, most + 1)), as one forecast."""
    asked = list(asked_of(source, start=start, horizon=horizon, every=every))
    return gathered(asked, np.concatenate([log_pmf(each) for each in asked]))


def gathered(asked: list[Asked], log_pmf: NDArray[np.float64]) -> Forecast:
    """Return a forecast from the distributions of everything that was asked, in its order."""
    return Forecast(
        unique_id=np.repeat([each.series.unique_id for each in asked], [len(each.origin) for each in asked]),
        ds=np.concatenate([each.ds for each in asked]),
        origin=np.concatenate([each.origin for each in asked]),
        horizon=np.concatenate([each.horizon for each in asked]),
        log_pmf=log_pmf,
    )


def outcomes(forecast: Forecast, source: Any) -> _Rows:
    """Return what happened on each forecast step, shape (steps,).

    Raises:
        InputError: a step that the source doesn't have.
    """
    series = {each.unique_id: each.y for each in as_series(source)}
    y = np.zeros(len(forecast), dtype=np.int64)
    names, place = np.unique(forecast.unique_id, return_inverse=True)
    together = np.split(np.argsort(place, kind="stable"), np.cumsum(np.bincount(place))[:-1])
    for name, chosen in zip(names, together, strict=True):
        rows = forecast.row[chosen]
        if name not in series or rows.max() >= len(series[name]):
            raise InputError(
                f"what happened must be known for every forecast step, but series {str(name)!r} doesn't reach that far; give the "
                "whole series"
            )
        y[chosen] = series[name][rows]
    return y
