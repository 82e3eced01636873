"""Reading what else is known of a series of counts: columns of numbers beside the counts, and what is always true of the series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError

if TYPE_CHECKING:
    import polars as pl

Numbers = NDArray[np.float64]
StaticValue = float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The columns of a table that are read beside name, date and count.

    Args:
        known: covariates known in advance, such as promotions.
        past: covariates known up to the last count only, such as yesterday's temperature.
        static: what is the same in every row of a series, such as its region.

    Raises:
        InputError: a text instead of a list of columns, or a column that is named twice.
    """

    known: tuple[str, ...]
    past: tuple[str, ...]
    static: tuple[str, ...]

    @classmethod
    def of(
        cls, *, known: Sequence[str], past: Sequence[str], static: Sequence[str], taken: Sequence[str]
    ) -> Wanted:
        """Return the columns that `read_series` was given, none of them one that is taken."""
        for role, names in (("known", known), ("past", past), ("static", static)):
            if isinstance(names, str):
                raise InputError(
                    f"`{role}` must be a list of column names, but got the text {names!r}; write ({names!r},)"
                )
        every = [*taken, *known, *past, *static]
        twice = sorted({name for name in every if every.count(name) > 1})
        if twice:
            raise InputError(
                f"each column must have one role, but {', '.join(map(repr, twice))} has several; name it once"
            )
        return cls(known=tuple(known), past=tuple(past), static=tuple(static))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return all of them."""
        return (*self.known, *self.past, *self.static)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CovariateColumns:
    """Covariates of all rows of a table.

    Args:
        wanted: their names.
        numbers: known and past covariates, shape (rows,) each; NaN where there is none.
        static: static features, a value a row; None where there is none.
    """

    wanted: Wanted
    numbers: Mapping[str, Numbers]
    static: Mapping[str, Sequence[StaticValue | None]]

    @classmethod
    def read(cls, columns: Mapping[str, pl.Series], wanted: Wanted) -> CovariateColumns:
        """Return the covariates in some columns.

        Raises:
            InputError: a covariate that isn't a number; a static feature that is neither number nor text.
        """
        numbers = {name: parse_numbers(columns[name]) for name in (*wanted.known, *wanted.past)}
        static = {name: _parse_static(columns[name]) for name in wanted.static}
        return cls(wanted=wanted, numbers=numbers, static=static)

    def of_series(self, rows: NDArray[np.int64], *, later: NDArray[np.int64], label: str) -> dict[str, Any]:
        """Return what `CountSeries` takes of some rows of one series.

        Args:
            rows: those with a count.
            later: those after the last count.
            label: the series, for the messages.

        Raises:
            InputError: a covariate without a value, a static feature that is missing or changes; series and row are named.
        """
        every = np.concatenate([rows, later])
        known, past = self.wanted.known, self.wanted.past
        return {
            "known": self._table(known, every, label=label) if known else None,
            "known_names": known,
            "past": self._table(past, rows, label=label) if past else None,
            "past_names": past,
            "static": {name: self._one(name, every, label=label) for name in self.wanted.static},
        }

    def _table(self, names: Sequence[str], rows: NDArray[np.int64], *, label: str) -> Numbers:
        table = np.column_stack([self.numbers[name][rows] for name in names])
        wrong = np.argwhere(~np.isfinite(table))
        if len(wrong):
            row, column = wrong[0].tolist()
            value = table[row, column]
            what = "has none" if np.isnan(value) else f"is {value}"
            raise InputError(
                f"{label} must have a finite value of {names[column]!r} in every row, but row {int(rows[row]) + 1} {what}; fill it in "
                "before reading (a missing value is not a zero), or leave the column out"
            )
        return table

    def _one(self, name: str, rows: NDArray[np.int64], *, label: str) -> StaticValue:
        column = self.static[name]
        first = column[int(rows[0])]
        for row in rows.tolist():
            value = column[row]
            if value is None:
                raise InputError(
                    f"{label} must have a value of the static feature {name!r} in every row, but row {row + 1} has none; fill it in, "
                    "as with a category of its own such as 'unknown'"
                )
            if value != first:
                raise InputError(
                    f"the static feature {name!r} must be the same in every row of {label}, but it is {first!r} and, in row {row + 1}, "
                    f"{value!r}; give what changes as `known` or `past`"
                )
        assert first is not None
        return first


def parse_numbers(column: pl.Series) -> Numbers:
    """Return a column of numbers or booleans as numbers, NaN where it is empty.

    Raises:
        InputError: a column of something else.

    Example:
        >>> import polars as pl
        >>> parse_numbers(pl.Series("promo", [True, False, None])).tolist()
        [1.0, 0.0, nan]
    """
    import polars as pl  # noqa: PLC0415 - slow to import

    if not (column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)):
        raise InputError(
            f"the covariate {column.name!r} must hold numbers, but holds {column.dtype}; write categories as columns of 0 and 1, or "
            "give what is the same in every row of a series as `static`"
        )
    values = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return np.asarray(values, dtype=np.float64)


def check_covariates(
    kind: str, values: Numbers | None, names: Sequence[str], *, steps: int, exact: bool, label: str
) -> None:
    """Check that an array of covariates is what its names and the series say.

    Raises:
        InputError: another number of columns or rows, a name twice, or a value that isn't finite.
    """
    if len(set(names)) < len(names):
        raise InputError(f"the {kind} covariates of {label} must have distinct names, but got {tuple(names)}")
    if values is None:
        if names:
            raise InputError(
                f"the {kind} covariates {tuple(names)} of {label} must have values, but got none"
            )
        return
    rows = f"{steps} rows" if exact else f"at least {steps} rows"
    fits = values.ndim == 2 and (len(values) == steps if exact else len(values) >= steps)
    if not fits or values.shape[1] != len(names) or not names:
        raise InputError(
            f"the {kind} covariates of {label} must have {rows} and a column for each of the names {tuple(names)}, but have shape "
            f"{values.shape}"
        )
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0].tolist()
        raise InputError(
            f"the {kind} covariates of {label} must be finite, but {names[column]!r} is {values[row, column]} in row {row + 1}; fill it "
            "in"
        )


def _parse_static(column: pl.Series) -> list[StaticValue | None]:
    import polars as pl  # noqa: PLC0415 - slow to import

    if column.dtype in (pl.String, pl.Categorical, pl.Enum):
        return list(column.cast(pl.String).to_list())
    if not (column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)):
        raise InputError(
            f"the static feature {column.name!r} must hold numbers or text, but holds {column.dtype}; convert it"
        )
    values = parse_numbers(column).tolist()
    return [value if np.isfinite(value) else None for value in values]
