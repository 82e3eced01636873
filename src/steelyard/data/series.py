"""Reading time series of counts from what a user has: long tables in files and frames, or a plain list of counts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from steelyard.data.counts import parse_counts
from steelyard.data.covariates import CovariateColumns, Numbers, StaticValue, Wanted, check_covariates
from steelyard.data.dates import Dates, Grid, at_steps, on_grid, parse_dates
from steelyard.data.source import columns_of
from steelyard.errors import InputError

if TYPE_CHECKING:
    import polars as pl

MissingRule = Literal["zero", "drop", "error"]
"""What a date that isn't there means: a count of 0, nothing (its neighbours then follow each other), or a mistake."""
_MOST_FILLED = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountSeries:
    """One regular series of counts, with whatever else is known of it.

    Args:
        unique_id: the series' name.
        ds: dates, shape (steps,), strictly increasing; positions where there are no dates.
        y: counts, shape (steps,).
        step: `daily`, `weekly`, `monthly`, `hourly`, `every 3 hours`, `positions`, ...
        steps_per_year: about how many steps a year has; None without dates.
        missing: how many dates were missing from the source.
        missing_rule: what was done about them.
        past: covariates known up to the last count only, shape (steps, past_names); row t was observed with count t.
        known: covariates known in advance, shape (steps or more, known_names); rows after the last count are of the steps after it.
        past_names: the columns of `past`.
        known_names: the columns of `known`.
        static: what is the same at every step: numbers, or text for categories.

    Raises:
        InputError: covariates whose shape doesn't fit, that have no name, or aren't finite.
    """

    unique_id: str
    ds: Dates
    y: NDArray[np.int64]
    step: str
    steps_per_year: float | None
    missing: int = 0
    missing_rule: MissingRule = "error"
    past: Numbers | None = None
    known: Numbers | None = None
    past_names: tuple[str, ...] = ()
    known_names: tuple[str, ...] = ()
    static: Mapping[str, StaticValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the covariates."""
        label, steps = f"series {self.unique_id!r}", len(self.y)
        check_covariates("past", self.past, self.past_names, steps=steps, exact=True, label=label)
        check_covariates("known", self.known, self.known_names, steps=steps, exact=False, label=label)
        for name, value in self.static.items():
            if not (isinstance(value, str) or np.isfinite(value)):
                raise InputError(f"the static feature {name!r} of {label} must be finite, but is {value}")

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.y)

    def before(self, date: Any) -> CountSeries:
        """Return the steps before a date (or position); what is known in advance stays known of those after it."""
        keep = int(np.searchsorted(self.ds, _like(date, self.ds)))
        past = None if self.past is None else self.past[:keep]
        return replace(self, ds=self.ds[:keep], y=self.y[:keep], past=past)

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
        """Return the SHA-256 (hex) of name, dates, counts, covariates and static features: equal series, equal fingerprints."""
        digest = hashlib.sha256(f"{self.unique_id}\0{self.step}\0{len(self)}\0".encode())
        digest.update(np.ascontiguousarray(self.ds).astype("<i8").tobytes())
        digest.update(np.ascontiguousarray(self.y).astype("<i8").tobytes())
        for kind, names, values in (
            ("past", self.past_names, self.past),
            ("known", self.known_names, self.known),
        ):
            if values is not None:
                digest.update(f"{kind}\0{names!r}\0{values.shape!r}\0".encode())
                digest.update(np.ascontiguousarray(values).astype("<f8").tobytes())
        if self.static:
            digest.update(f"static\0{sorted(self.static.items())!r}".encode())
        return digest.hexdigest()


def read_series(
    source: Any,
    *,
    missing: MissingRule | None = None,
    unique_id: str = "unique_id",
    ds: str = "ds",
    y: str = "y",
    known: Sequence[str] = (),
    past: Sequence[str] = (),
    static: Sequence[str] = (),
) -> tuple[CountSeries, ...]:
    """Return the series of counts in a source, one for each `unique_id`, in the order of their first rows.

    With `known`, the rows after a series' last count whose `y` is empty are the future: they carry what is known in advance of the
    steps that will be forecast, one row a step. Without it an empty `y` is refused wherever it stands.

    A series that never changes is refused when it is alone, and kept beside others that do change: that nothing happened
    somewhere is something to learn from.

    Args:
        source: path of a table (`read_table` lists the suffixes), a pandas, polars or other eager frame, or a 1-D array
            or list of counts (a single series without dates).
        missing: what a missing date means: `zero`, `drop` or `error`; None refuses gaps and says how many there are.
        unique_id: column of the series' names; without it the table is one series.
        ds: column of the dates, in order within each series.
        y: column of the counts.
        known: columns of covariates known in advance, numbers or booleans (promotions, holidays, prices).
        past: columns of covariates known up to the last count only, numbers or booleans.
        static: columns that are the same in every row of a series: text is a category, a number stays a number.

    Raises:
        InputError: no rows, a missing column, a value that isn't a count, a date that can't be read, dates out of order,
            twice or off the series' regular step, gaps without a rule, fewer than 3 rows, no series that changes; a covariate
            that is missing, infinite or not a number; a static feature that is missing or changes; future rows that don't
            follow the last count step by step; gaps to fill with zeros where there are covariates, which nothing is known of.

    Example:
        >>> import polars as pl
        >>> frame = pl.DataFrame({"ds": ["2024-01-01", "2024-01-02", "2024-01-04"], "y": [0, 2, 0]})
        >>> (series,) = read_series(frame, missing="zero")
        >>> series.step, series.y.tolist(), series.missing
        ('daily', [0, 2, 0, 0], 1)
        >>> frame = pl.DataFrame({"ds": [1, 2, 3, 4], "y": [0, 2, 0, None], "promo": [0, 1, 0, 1]})
        >>> (series,) = read_series(frame, known=("promo",))
        >>> series.y.tolist(), series.known[:, 0].tolist()
        ([0, 2, 0], [0.0, 1.0, 0.0, 1.0])
    """
    rules = get_args(MissingRule)
    if missing is not None and missing not in rules:
        raise InputError(f"`missing` must be one of {', '.join(rules)}, but got {missing!r}")
    wanted = Wanted.of(known=known, past=past, static=static, taken=(unique_id, ds, y))
    table = columns_of(source, y=y, wanted=(unique_id, ds, y, *wanted.columns))
    for column in (ds, y, *wanted.columns):
        if column not in table.columns and not (column == ds and table.plain):
            raise InputError(
                f"{table.label} must have a column {column!r}, but its columns are {', '.join(map(repr, table.names))}; rename "
                "one, or say which it is"
            )
    if len(table.columns[y]) == 0:
        raise InputError(f"{table.label} must have rows, but has none")
    rows = _rows_of_each(table.columns.get(unique_id), rows=len(table.columns[y]))
    future = (
        _future(table.columns[y], rows) if wanted.known else np.zeros(len(table.columns[y]), dtype=np.bool_)
    )
    counts = parse_counts(_without(table.columns[y], future))
    dates = np.arange(len(counts), dtype=np.int64) if table.plain else parse_dates(table.columns[ds])
    covariates = CovariateColumns.read(table.columns, wanted)
    series = tuple(
        _one_series(name, chosen, dates, counts, future=future, covariates=covariates, missing=missing)
        for name, chosen in rows.items()
    )
    _check_change(series)
    return series


def _one_series(
    name: str,
    rows: NDArray[np.int64],
    all_dates: Dates,
    all_counts: NDArray[np.int64],
    *,
    future: NDArray[np.bool_],
    covariates: CovariateColumns,
    missing: MissingRule | None,
) -> CountSeries:
    label = f"series {name!r}"
    _check_order(all_dates[rows], rows, label=label)
    later, rows = rows[future[rows]], rows[~future[rows]]
    dates, counts = all_dates[rows], all_counts[rows]
    if len(counts) < 3:
        raise InputError(f"{label} must have at least 3 rows, but has {len(counts)}; give a longer series")
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
        if covariates.numbers:
            raise InputError(
                f"{label} must have a row for every date, since nothing is known of the covariates of its {absent} missing ones; add "
                "the rows with a count of 0, or leave the covariates out"
            )
        dates, counts = _filled(dates, counts, grid, label=label)
    series = CountSeries(
        unique_id=name,
        ds=dates,
        y=counts,
        step=grid.step,
        steps_per_year=grid.steps_per_year,
        missing=absent,
        missing_rule=missing or "error",
        **covariates.of_series(rows, later=later, label=label),
    )
    wrong = np.flatnonzero(series.dates_from(len(series), steps=len(later)) != all_dates[later])
    if len(wrong):
        at = int(wrong[0])
        expected = series.dates_from(len(series), steps=len(later))[at]
        raise InputError(
            f"the future of {label} must follow its last count step by step ({grid.step}), but row {int(later[at]) + 1} is of "
            f"{_show(all_dates[later[at]])} instead of {_show(expected)}; give one row for each step ahead"
        )
    return series


def _check_change(series: Sequence[CountSeries]) -> None:
    """Refuse a source in which nothing changes."""
    if any(each.y.max() > each.y.min() for each in series):
        return
    first = series[0]
    what = (
        f"series {first.unique_id!r} must change, but its count is always {first.y[0]}"
        if len(series) == 1
        else f"at least one series must change, but each of the {len(series)} is constant"
    )
    raise InputError(f"{what}: there is nothing to forecast; check column and file")


def _check_order(dates: Dates, rows: NDArray[np.int64], *, label: str) -> None:
    backwards = np.flatnonzero(dates[1:] <= dates[:-1])
    if len(backwards) == 0:
        return
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


def _rows_of_each(names: pl.Series | None, *, rows: int) -> dict[str, NDArray[np.int64]]:
    """Return the rows of each series, by name, in the order of their first rows."""
    if names is None:
        return {"series": np.arange(rows)}
    if names.null_count():
        row = int(names.is_null().arg_true()[0])
        raise InputError(
            f"every row must name its series, but row {row + 1} of column {names.name!r} is empty; fill it in, or leave the column out"
        )
    found: dict[str, list[int]] = {}
    for row, name in enumerate(names.to_list()):
        found.setdefault(str(name), []).append(row)
    return {name: np.array(chosen) for name, chosen in found.items()}


def _future(counts: pl.Series, rows: Mapping[str, NDArray[np.int64]]) -> NDArray[np.bool_]:
    """Return which rows come after the last count of their series, shape (rows,)."""
    empty = counts.is_null().to_numpy().copy()
    if counts.dtype.is_float():
        empty |= counts.is_nan().fill_null(value=False).to_numpy()
    future = np.zeros(len(empty), dtype=np.bool_)
    for name, chosen in rows.items():
        there = np.flatnonzero(~empty[chosen])
        if len(there) == 0:
            raise InputError(f"series {name!r} must have counts, but each of its rows is empty; leave it out")
        future[chosen[there[-1] + 1 :]] = True
    return future


def _without(counts: pl.Series, future: NDArray[np.bool_]) -> pl.Series:
    """Return a column whose rows of the future hold some earlier count, so that all others can be read as counts."""
    import polars as pl  # noqa: PLC0415 - slow to import

    if not future.any():
        return counts
    there = counts.fill_nan(None) if counts.dtype.is_float() else counts
    return counts.zip_with(pl.Series(~future), there.fill_null(strategy="forward"))


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
