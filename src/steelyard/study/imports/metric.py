"""The metric's column as numbers, nan where a trial gave none."""

from __future__ import annotations

import polars as pl

from steelyard.errors import InputError

MISSING_WORDS = (
    "",
    "nan",
    "na",
    "n/a",
    "null",
    "none",
    "inf",
    "+inf",
    "-inf",
    "infinity",
    "+infinity",
    "-infinity",
    "-",
)
"""What people and programs write where there is no number, in lower case: a failed trial."""


def metric_values(values: pl.Series, *, column: str, rows: pl.Series | None = None) -> pl.Series:
    """Return the metric as floats; what isn't a finite number becomes nan, which marks a failed trial.

    Args:
        values: the column.
        column: its name, for the messages.
        rows: the data row of each value, from 0, for the message; default: their own order.

    Raises:
        InputError: text that is neither a number nor a word for a missing one (row and value are told), a type
            that isn't numeric, or no finite value at all.

    Example:
        >>> metric_values(pl.Series([" 0.5", "NaN", "inf", None]), column="loss").to_list()
        [0.5, nan, nan, nan]
    """
    numbers = _numbers(values, column=column, rows=rows)
    finite = numbers.is_finite().fill_null(value=False)
    if not finite.any():
        raise InputError(
            f"`{column}` must have finite values, but none of its {len(values)} is one; check the column (--metric)"
        )
    return numbers.set(~finite, float("nan"))


def _numbers(values: pl.Series, *, column: str, rows: pl.Series | None) -> pl.Series:
    dtype = values.dtype
    if dtype.is_numeric() or dtype in {pl.Boolean, pl.Null}:
        return values.cast(pl.Float64)
    if dtype not in {pl.String, pl.Categorical, pl.Enum}:
        raise InputError(
            f"`{column}` must be numeric, but its type is {dtype}; name a column of numbers with --metric"
        )
    text = values.cast(pl.String).str.strip_chars()
    numbers = text.cast(pl.Float64, strict=False)
    wrong = numbers.is_null() & text.is_not_null() & ~text.str.to_lowercase().is_in(list(MISSING_WORDS))
    if wrong.any():
        first = wrong.arg_max() or 0
        value = str(text[first])
        row = 1 + (first if rows is None else rows[first])
        more = int(wrong.sum()) - 1
        others = f" (and {more} more like it)" if more else ""
        comma = "; write decimals with a point" if numbers_with_comma(value) else ""
        raise InputError(
            f"`{column}` must be numeric, but data row {row} has {value[:60]!r}{others}; "
            f"leave the field empty where a trial failed{comma}"
        )
    return numbers


def numbers_with_comma(text: str) -> bool:
    """Say whether a text is a number with a decimal comma.

    Example:
        >>> numbers_with_comma("0,52"), numbers_with_comma("a,b")
        (True, False)
    """
    whole, comma, rest = text.partition(",")
    return bool(comma) and whole.lstrip("+-").isdigit() and rest.isdigit()
