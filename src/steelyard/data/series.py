"""Reading time series of counts from what a user has: long tables in files and frames, or a plain list of counts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from numbers import Number
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from steelyard.data.counts import parse_counts
from steelyard.data.dates import Dates, Grid, at_steps, on_grid, parse_dates
from steelyard.data.table import read_table
from steelyard.errors import InputError

if TYPE_CHECKING:
    import polars as pl

MissingRule = Literal["zero", "drop", "error"]
"""What a date that isn't there means: a count of 0, nothing (its neighbours then follow each other), or a mistake."""
_MOST_FILLED = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountSeries:
    """One regular series of counts.

    Args:
        unique_id: the series' name.
        ds: dates, shape (steps,), strictly increasing; positions where there are no dates.
        y: counts, shape (steps,).
        step: `daily`, `weekly`, `monthly`, `hourly`, `every 3 hours`, `positions`, ...
        steps_per_year: about how many steps a year has; None without dates.
        missing: how many dates were missing from the source.
        missing_rule: what was done about them.
    """

    unique_id: str
    ds: Dates
    y: NDArray[np.int64]
    step: str
    steps_per_year: float | None
    missing: int = 0
    missing_rule: MissingRule = "error"

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.y)

    def before(self, date: Any) -> CountSeries:
        """Return the steps before a date (or position)."""
        keep = int(np.searchsorted(self.ds, _like(date, self.ds)))
        return replace(self, ds=self.ds[:keep], y=self.y[:keep])

    def dates_from(self, row: int, *, steps: int) -> Dates:
        """Return the dates (or positions) of rows `row` to `row + steps - 1`; those after the end continue the series' step."""
        beyond = max(row + steps - len(self), 0)
        known = self.ds[row : row + steps]
        if beyond == 0:
            return known
        if len(self) == 1:
            raise InputError(
                f"series {self.unique_id!r} must have at least 2 steps to know its step, but has 1"
            )
        grid = on_grid(self.ds, name=f"series {self.unique_id!r}")
        first = max(row - len(self), 0) + 1
        later = at_steps(self.ds[0], grid, grid.index[-1] + np.arange(first, first + min(beyond, steps)))
        return np.concatenate([known, later])

    def next_date(self) -> Any:
        """Return the date (or position) of the step after the last."""
        return self.dates_from(len(self), steps=1)[0]

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of name, dates and counts: equal series, equal fingerprints."""
        digest = hashlib.sha256(f"{self.unique_id}\0{self.step}\0{len(self)}\0".encode())
        digest.update(np.ascontiguousarray(self.ds).astype("<i8").tobytes())
        digest.update(np.ascontiguousarray(self.y).astype("<i8").tobytes())
        return digest.hexdigest()


def read_series(
    source: Any,
    *,
    missing: MissingRule | None = None,
    unique_id: str = "unique_id",
    ds: str = "ds",
    y: str = "y",
) -> tuple[CountSeries, ...]:
    """Return the series of counts in a source, one for each `unique_id`, in the order of their first rows.

    Args:
        source: path of a table (`read_table` lists the suffixes), a pandas, polars or other eager frame, or a 1-D array
            or list of counts (a single series without dates).
        missing: what a missing date means: `zero`, `drop` or `error`; None refuses gaps and says how many there are.
        unique_id: column of the series' names; without it the table is one series.
        ds: column of the dates, in order within each series.
        y: column of the counts.

    Raises:
        InputError: no rows, a missing column, a value that isn't a count, a date that can't be read, dates out of order,
            twice or off the series' regular step, gaps without a rule, fewer than 3 rows, a series that never changes.

    Example:
        >>> import polars as pl
        >>> frame = pl.DataFrame({"ds": ["2024-01-01", "2024-01-02", "2024-01-04"], "y": [0, 2, 0]})
        >>> (series,) = read_series(frame, missing="zero")
        >>> series.step, series.y.tolist(), series.missing
        ('daily', [0, 2, 0, 0], 1)
    """
    rules = get_args(MissingRule)
    if missing is not None and missing not in rules:
        raise InputError(f"`missing` must be one of {', '.join(rules)}, but got {missing!r}")
    table = _columns(source, wanted=(unique_id, ds, y))
    for column in (ds, y):
        if column not in table.columns and not (column == ds and table.plain):
            raise InputError(
                f"{table.label} must have a column {column!r}, but its columns are {', '.join(map(repr, table.names))}; rename "
                "one, or say which it is"
            )
    if len(table.columns[y]) == 0:
        raise InputError(f"{table.label} must have rows, but has none")
    counts = parse_counts(table.columns[y])
    dates = np.arange(len(counts), dtype=np.int64) if table.plain else parse_dates(table.columns[ds])
    named = unique_id in table.columns
    names = [str(name) for name in table.columns[unique_id].to_list()] if named else ["series"] * len(counts)
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        rows.setdefault(name, []).append(row)
    return tuple(
        _one_series(name, np.array(chosen), dates, counts, missing=missing) for name, chosen in rows.items()
    )


def _one_series(
    name: str,
    rows: NDArray[np.int64],
    all_dates: Dates,
    all_counts: NDArray[np.int64],
    *,
    missing: MissingRule | None,
) -> CountSeries:
    dates, counts = all_dates[rows], all_counts[rows]
    label = f"series {name!r}"
    if len(counts) < 3:
        raise InputError(f"{label} must have at least 3 rows, but has {len(counts)}; give a longer series")
    backwards = np.flatnonzero(dates[1:] <= dates[:-1])
    if len(backwards):
        at = int(backwards[0])
        what = "comes twice" if dates[at + 1] == dates[at] else f"comes after {_show(dates[at])}"
        way_out = (
            "keep one row a date (sum them, if they are parts of one count)"
            if dates[at + 1] == dates[at]
            else "sort the rows by date"
        )
        raise InputError(
            f"the dates of {label} must increase from row to row, but in row {int(rows[at + 1]) + 1} {_show(dates[at + 1])} "
            f"{what}; {way_out}"
        )
    if counts.max() == counts.min():
        what = "is always 0" if counts.max() == 0 else f"is always {counts[0]}"
        raise InputError(
            f"{label} must change, but its count {what}: there is nothing to forecast; check column and file"
        )
    grid = on_grid(dates, name=label)
    absent = int(grid.index[-1]) + 1 - len(counts)
    if absent and missing in (None, "error"):
        after = int(np.flatnonzero(np.diff(grid.index) > 1)[0])
        raise InputError(
            f"{label} must have every date of its step ({grid.step}), but {absent} of {int(grid.index[-1]) + 1} dates are missing, "
            f"the first after {_show(dates[after])}; a missing date is not a zero: say what it means with --missing zero or "
            '--missing drop (in Python: missing="zero" or "drop")'
        )
    if absent and missing == "zero":
        dates, counts = _filled(dates, counts, grid, label=label)
    return CountSeries(
        unique_id=name,
        ds=dates,
        y=counts,
        step=grid.step,
        steps_per_year=grid.steps_per_year,
        missing=absent,
        missing_rule=missing or "error",
    )


def _filled(
    dates: Dates, counts: NDArray[np.int64], grid: Grid, *, label: str
) -> tuple[Dates, NDArray[np.int64]]:
    steps = int(grid.index[-1]) + 1
    if steps > _MOST_FILLED:
        raise InputError(
            f"{label} must have at most {_MOST_FILLED} steps, but filling its gaps ({grid.step}) makes {steps}; aggregate it to "
            "longer steps"
        )
    filled = np.zeros(steps, dtype=np.int64)
    filled[grid.index] = counts
    return at_steps(dates[0], grid, np.arange(steps, dtype=np.int64)), filled


def _like(date: Any, dates: Dates) -> Any:
    """Return a date or position as a value that sorts among some dates."""
    if dates.dtype.kind == "M":
        return np.datetime64(date, "us")
    return np.int64(date)


def _show(date: Any) -> str:
    return str(date).removesuffix("T00:00:00.000000").removesuffix(".000000")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """The columns that matter of a source, the names of all, and what to call it; `plain` when it is a list of counts."""

    columns: dict[str, pl.Series]
    names: tuple[str, ...]
    label: str
    plain: bool = False


def _columns(source: Any, *, wanted: tuple[str, str, str]) -> _Table:
    import narwhals as nw  # noqa: PLC0415 - only when something is read

    if isinstance(source, list | tuple | np.ndarray):
        if isinstance(source, np.ndarray) and source.ndim != 1:
            raise InputError(
                f"an array of counts must have one dimension, but got shape {source.shape}; give one series"
            )
        y = wanted[2]
        return _Table(
            columns={y: _column(y, list(source))}, names=(y,), label="the list of counts", plain=True
        )
    label = "the frame"
    if isinstance(source, str | Path):
        source, label = read_table(source), f"the table {source}"
    try:
        frame = nw.from_native(source, eager_only=True)
    except TypeError as error:
        raise InputError(
            "the data must be a path, a pandas or polars frame, or a list of counts, but got "
            f"{type(source).__name__}; convert it to one of them"
        ) from error
    chosen = [name for name in wanted if name in frame.columns]
    if frame.implementation.is_polars():
        columns = {name: frame[name].to_native() for name in chosen}
    else:
        columns = {name: _column(name, frame[name].to_list()) for name in chosen}
    return _Table(columns=columns, names=tuple(map(str, frame.columns)), label=label)


def _column(name: str, values: list[Any]) -> pl.Series:
    import polars as pl  # noqa: PLC0415 - slow to import

    if values and all(isinstance(value, Number) for value in values):
        return pl.Series(name, np.asarray(values))
    try:
        return pl.Series(name, values, strict=True)
    except (TypeError, pl.exceptions.PolarsError) as error:
        kinds = ", ".join(sorted({type(value).__name__ for value in values}))
        raise InputError(
            f"column {name!r} must hold values of one type, but holds {kinds}; convert it"
        ) from error
