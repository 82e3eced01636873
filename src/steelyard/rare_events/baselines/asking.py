"""Asking a fitted baseline about series: rows, dates and the counts before each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.series import CountSeries
from steelyard.rare_events.coerce import as_series, dates_from, rows_from
from steelyard.rare_events.forecast import Forecast


def forecast_each(
    source: Any,
    *,
    start: Any,
    log_pmf: Callable[[CountSeries, NDArray[np.int64], NDArray[Any]], NDArray[np.float64]],
) -> Forecast:
    """Return a forecast from `log_pmf(series, rows, dates)`, called for each series with the rows to forecast.

    A row may be the one after the series' last; `log_pmf` uses counts before each row only.
    """
    names, dates, tables = [], [], []
    for each in as_series(source):
        first = rows_from(each, start)
        days = dates_from(each, first)
        names.append(np.full(len(days), each.unique_id))
        dates.append(days)
        tables.append(log_pmf(each, np.arange(first, first + len(days)), days))
    return Forecast(unique_id=np.concatenate(names), ds=np.concatenate(dates), log_pmf=np.concatenate(tables))


def yesterdays(series: CountSeries, rows: NDArray[np.int64], *, lag: int = 1) -> NDArray[np.int64]:
    """Return the count `lag` steps before each row, 0 before the start of the series."""
    back = rows - lag
    return np.where(back >= 0, series.y[np.maximum(back, 0)], 0)
