"""A column's values as the names of levels and the numbers of seeds."""

from __future__ import annotations

import polars as pl

from steelyard.errors import InputError
from steelyard.study.imports._base import count

_INTEGER = r"^-?(0|[1-9][0-9]{0,17})$"


def labels(values: pl.Series, *, column: str) -> pl.Series:
    """Return the values as text, as Python prints them; null where there is none (null, nan, blank).

    Args:
        values: of any type but a nested one.
        column: their name, for the message.

    Raises:
        InputError: lists, structs, bytes.

    Example:
        >>> labels(pl.Series([0.1, None, 1e-5]), column="lr").to_list()
        ['0.1', None, '1e-05']
        >>> labels(pl.Series([" a", ""]), column="norm").to_list()
        ['a', None]
    """
    dtype = values.dtype
    if dtype.is_nested() or dtype in {pl.Binary, pl.Object}:
        raise InputError(
            f"`{column}` must hold text, numbers or booleans, but its type is {dtype}; unpack it into columns of its own"
        )
    if dtype.is_float():
        distinct = values.drop_nulls().drop_nans().unique(maintain_order=True)
        names = pl.Series([repr(value) for value in distinct.to_list()], dtype=pl.String)
        return values.fill_nan(None).replace_strict(distinct, names, default=None, return_dtype=pl.String)
    if dtype == pl.Boolean:
        return values.replace_strict([True, False], ["True", "False"], default=None, return_dtype=pl.String)
    if dtype == pl.Null:
        return values.cast(pl.String)
    text = values.cast(pl.String).str.strip_chars()
    return text.set(text == "", None)


def seeds(values: pl.Series, *, column: str, rows: pl.Series | None = None) -> pl.Series:
    """Return the values as seeds: integers where all of them are, text otherwise.

    Args:
        values: of any type but a nested one.
        column: their name, for the message.
        rows: the data row of each value, from 0, for the message; default: their own order.

    Raises:
        InputError: rows without a seed, or a nested type.

    Example:
        >>> seeds(pl.Series(["0", " 1", "10"]), column="seed").to_list()
        [0, 1, 10]
        >>> seeds(pl.Series([0.0, 1.0]), column="seed").to_list()
        [0, 1]
        >>> seeds(pl.Series(["a", "1"]), column="seed").to_list()
        ['a', '1']
    """
    if values.dtype.is_integer() and values.null_count() == 0:
        return values.cast(pl.Int64, strict=False) if values.dtype != pl.Int64 else values
    if values.dtype.is_float():
        whole = values.drop_nulls().drop_nans()
        if len(whole) == len(values) and ((whole == whole.round()) & (whole.abs() < 2**53)).all():
            return values.cast(pl.Int64)
    text = labels(values, column=column)
    if text.null_count():
        first = text.is_null().arg_max() or 0
        raise InputError(
            f"`{column}` must be given on every row, but {count(text.null_count(), 'row')} have none, the first of them data "
            f"row {(first if rows is None else rows[first]) + 1}; a row without a seed can't be paired: fill it in or remove the row"
        )
    if text.str.contains(_INTEGER).all():
        return text.cast(pl.Int64)
    return text
