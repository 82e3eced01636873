"""Counts as users write them: whole numbers, 0 and up, nothing missing."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError

if TYPE_CHECKING:
    import polars as pl


def parse_counts(column: pl.Series) -> NDArray[np.int64]:
    """Return a column as counts, in the column's order.

    Raises:
        InputError: a value that is missing, not a number, not finite, negative or not whole; the first one is named.

    Example:
        >>> import polars as pl
        >>> parse_counts(pl.Series("y", [0.0, 3.0])).tolist()
        [0, 3]
        >>> parse_counts(pl.Series("y", ["0", "three"]))
        Traceback (most recent call last):
            ...
        steelyard.errors.InputError: column 'y' must hold counts (0, 1, 2, ...), but row 2 is 'three', not a number
    """
    import polars as pl  # noqa: PLC0415 - slow to import

    missing = column.is_null()
    if missing.any():
        raise _refusal(
            column,
            int(missing.arg_true()[0]),
            "missing; a missing value is not a zero: write 0 or leave the row out",
        )
    if column.dtype == pl.Boolean:
        column = column.cast(pl.Int64)
    if not column.dtype.is_numeric():
        numbers = (
            column.str.strip_chars().cast(pl.Float64, strict=False)
            if column.dtype == pl.String
            else pl.Series(column.name, [None] * len(column), dtype=pl.Float64)
        )
        wrong = numbers.is_null()
        if wrong.any():
            raise _refusal(column, int(wrong.arg_true()[0]), "not a number")
        values = np.asarray(numbers.to_numpy(), dtype=np.float64)
    else:
        values = np.asarray(column.cast(pl.Float64).to_numpy(), dtype=np.float64)
    for wrong_rows, what in (
        (~np.isfinite(values), "not finite"),
        (values < 0, "negative"),
        (values != np.floor(values), "not whole; round it, or count events instead of measuring them"),
        (values > 2**53, "too large to be exact"),
    ):
        if wrong_rows.any():
            raise _refusal(column, int(np.flatnonzero(wrong_rows)[0]), what)
    return values.astype(np.int64)


def _refusal(column: pl.Series, row: int, what: str) -> InputError:
    value = column[row]
    if value is None:
        shown = ""
    elif isinstance(value, str | int | float):
        shown = f"{value!r}, "
    else:
        shown = f"{value}, " if isinstance(value, Decimal) else "not one value, "
    return InputError(
        f"column {column.name!r} must hold counts (0, 1, 2, ...), but row {row + 1} is {shown}{what}"
    )
