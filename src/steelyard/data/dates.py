"""Dates as users write them: read, put on a regular grid, described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError

if TYPE_CHECKING:
    import polars as pl

Dates: TypeAlias = NDArray[Any]
"""Dates as datetime64[us] (time zones resolved), or whole positions (int64) where a series has none."""

_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m",
    "%Y%m%d",
)
_ZONED_FORMATS = ("%+", "%Y-%m-%dT%H:%M%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M%#z")
_FINEST = {"positions": 1, "months": 1, "microseconds": 86_400_000_000}
"""The step of dates that keep no common distance, such as a log of event days: a position, a month, a day."""
_FARTHEST = 2**53
"""The farthest position from 0, so that no difference overflows."""
_OFFSET = r"(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$"
_SECOND_US = 1_000_000
_NAMES = {1: "secondly", 60: "every minute", 3600: "hourly", 86_400: "daily", 7 * 86_400: "weekly"}
_MONTH_NAMES = {1: "monthly", 3: "quarterly", 12: "yearly"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Dates as whole steps of a regular grid.

    Args:
        index: steps since the first date, shape (dates,), strictly increasing from 0.
        step: the step's name (`daily`, `monthly`, `every 3 hours`, `positions`).
        steps_per_year: about how many steps a year has; None for positions without dates.
        unit: `months`, `microseconds` or `positions`, what one step is measured in.
        size: units a step.
    """

    index: NDArray[np.int64]
    step: str
    steps_per_year: float | None
    unit: str
    size: int


def parse_dates(column: pl.Series) -> Dates:
    """Return a column of dates, times, ISO text or whole numbers as dates in the column's order.

    Text must be ISO 8601 (`2024-03-09`, `2024-03-09T18:00`, `2024/03/09`, `2024-03`, `20240309`): day-first and month-first
    dates can't be told apart. Times with a zone become local dates when all are at (their own) midnight, else UTC, so that zones
    may differ within a column and between series; times with a zone and times without don't mix. Whole numbers are positions,
    unless all of them read as `YYYYMMDD`.

    Raises:
        InputError: a missing date, text that isn't a date (the first one is named), a position beyond 2^53, or a column of
            another type.

    Example:
        >>> import polars as pl
        >>> parse_dates(pl.Series("ds", ["2024-02-28", "2024-02-29"])).astype("datetime64[D]").tolist()
        [datetime.date(2024, 2, 28), datetime.date(2024, 2, 29)]
    """
    import polars as pl  # noqa: PLC0415 - slow to import

    if column.null_count() > 0:
        row = int(column.is_null().arg_true()[0])
        raise InputError(f"every row must have a date, but row {row + 1} of column {column.name!r} is empty")
    if column.dtype.is_integer():
        return _from_integers(column)
    if column.dtype == pl.String:
        column = _from_text(column)
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None:
        local = column.dt.replace_time_zone(None)
        midnights = bool((local.dt.date().cast(pl.Datetime("us")) == local.cast(pl.Datetime("us"))).all())
        column = local if midnights else column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if not (column.dtype == pl.Date or isinstance(column.dtype, pl.Datetime)):
        raise InputError(
            f"column {column.name!r} must hold dates, but holds {column.dtype}; give ISO dates (2024-03-09) or whole positions"
        )
    microseconds = column.cast(pl.Datetime("us")).to_physical().to_numpy()
    return np.asarray(microseconds, dtype=np.int64).view("datetime64[us]")


def _from_integers(column: pl.Series) -> Dates:
    far = np.flatnonzero(np.abs(column.cast(float).to_numpy()) > _FARTHEST)
    if len(far):
        row = int(far[0])
        raise InputError(
            f"the positions of column {column.name!r} must lie within 2^53 of 0, but row {row + 1} is {column[row]}; count from the first"
        )
    values = np.asarray(column.to_numpy(), dtype=np.int64)
    if len(values) and values.min() >= 1800_01_01 and values.max() <= 2200_12_31:
        text = column.cast(str).str.to_date("%Y%m%d", strict=False)
        if text.null_count() == 0:
            return parse_dates(text)
    return values


def _from_text(column: pl.Series) -> pl.Series:
    import polars as pl  # noqa: PLC0415 - slow to import

    stripped = column.str.strip_chars()
    best: pl.Series | None = None
    for form in _FORMATS:
        if form == "%Y-%m":
            parsed = (stripped + "-01").str.to_datetime("%Y-%m-%d", time_unit="us", strict=False)
        elif "%H" not in form:
            parsed = stripped.str.to_date(form, strict=False).cast(pl.Datetime("us"))
        else:
            parsed = stripped.str.to_datetime(form, time_unit="us", strict=False, time_zone=None)
        if parsed.null_count() == 0:
            return parsed
        if best is None or parsed.null_count() < best.null_count():
            best = parsed
    for form in _ZONED_FORMATS:
        zoned = stripped.str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False)
        if zoned.null_count() == 0:
            local = _local_midnights(stripped)
            return zoned if local is None else local
    assert best is not None
    row = int(best.is_null().arg_true()[0])
    raise InputError(
        f"column {column.name!r} must hold dates, but row {row + 1} is {column[row]!r}; write ISO dates (2024-03-09, or "
        "2024-03-09T18:00), all in one form"
    )


def _local_midnights(zoned: pl.Series) -> pl.Series | None:
    """Return the local dates of zoned times as text, without their zones, when all of them are midnights."""
    import polars as pl  # noqa: PLC0415 - slow to import

    local = zoned.str.replace(_OFFSET, "").str.strip_chars()
    for form in (form for form in _FORMATS if "%H" in form):
        parsed = local.str.to_datetime(form, time_unit="us", strict=False, time_zone=None)
        if parsed.null_count() == 0:
            midnights = bool((parsed.dt.date().cast(pl.Datetime("us")) == parsed).all())
            return parsed if midnights else None
    return None


def on_grid(dates: Dates, *, name: str) -> Grid:
    """Return strictly increasing dates as steps of the grid that their most common difference gives.

    Dates on one day of the month (or all on its last day) count in months, all others in fixed lengths of time. Where no
    difference makes up more than half of them and the most common one doesn't fit (a log of event days), the step is a day.

    Args:
        dates: in order, at least 2.
        name: the series, for the messages.

    Raises:
        InputError: a date that doesn't lie on the grid.

    Example:
        >>> days = np.array(["2024-01-31", "2024-02-29", "2024-03-31", "2024-05-31"], dtype="datetime64[us]")
        >>> grid = on_grid(days, name="sales")
        >>> grid.step, grid.index.tolist()
        ('monthly', [0, 1, 2, 4])
    """
    if dates.dtype.kind != "M":
        units, unit = dates.astype(np.int64), "positions"
    else:
        months = _months(dates)
        units, unit = (months, "months") if months is not None else (dates.astype(np.int64), "microseconds")
    offsets = units - units[0]
    differences, counts = np.unique(np.diff(offsets), return_counts=True)
    size = int(differences[counts.argmax()])
    if 2 * counts.max() <= len(offsets) - 1 and np.any(offsets % size) and not np.any(units % _FINEST[unit]):
        size = _FINEST[unit]
    off = np.flatnonzero(offsets % size)
    step, steps_per_year = _describe(unit, size)
    if len(off):
        row = int(off[0])
        raise InputError(
            f"the dates of {name} must be regular, but its most common step is {step} and {dates[row]} (its row {row + 1}) lies "
            f"between two of them; aggregate to one row a step"
        )
    return Grid(index=offsets // size, step=step, steps_per_year=steps_per_year, unit=unit, size=size)


def at_steps(first: Any, grid: Grid, index: NDArray[np.int64]) -> Dates:
    """Return the dates of some steps of a grid whose step 0 is `first`."""
    if grid.unit == "positions":
        positions: Dates = int(first) + index * grid.size
        return positions
    moment = np.asarray(first, dtype="datetime64[us]")
    if grid.unit == "microseconds":
        times: Dates = moment + (index * grid.size).astype("timedelta64[us]")
        return times
    month = moment.astype("datetime64[M]")
    into_month = moment - month.astype("datetime64[us]")
    months = month + (index * grid.size).astype("timedelta64[M]")
    if into_month > np.timedelta64(27, "D"):
        ends: Dates = (months + 1).astype("datetime64[us]") - np.timedelta64(1, "D")
        return ends
    days: Dates = months.astype("datetime64[us]") + into_month
    return days


def _months(dates: Dates) -> NDArray[np.int64] | None:
    """Return months since 1970 when every date falls on the same day of its month (1 to 28), or on its last day."""
    months: Dates = dates.astype("datetime64[M]")
    day = (dates - months.astype("datetime64[us]")) / np.timedelta64(1, "D")
    last = (months + 1).astype("datetime64[us]") - np.timedelta64(1, "D") == dates
    same = np.ptp(day) == 0 and day[0] < 28
    if len(dates) > 2 and len(np.unique(months)) == len(dates) and (same or bool(last.all())):
        return months.astype(np.int64)
    return None


def _describe(unit: str, size: int) -> tuple[str, float | None]:
    if unit == "positions":
        return ("positions" if size == 1 else f"every {size} positions"), None
    if unit == "months":
        return _MONTH_NAMES.get(size, f"every {size} months"), 12 / size
    seconds = size / _SECOND_US
    steps_per_year = 365.2425 * 86_400 / seconds
    if seconds in _NAMES:
        return _NAMES[int(seconds)], steps_per_year
    for length, word in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds % length == 0:
            return f"every {int(seconds // length)} {word}", steps_per_year
    return f"every {seconds:g} seconds", steps_per_year
