"""The columns of what a user has: a file, a frame of pandas, polars or another library, or a plain list."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Number
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from steelyard.data.table import read_table
from steelyard.errors import InputError

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """The columns that matter of a source.

    Args:
        columns: those of the wanted ones that are there.
        names: of all columns of the source.
        label: what to call the source in messages.
        plain: whether it is a list of counts.
    """

    columns: dict[str, pl.Series]
    names: tuple[str, ...]
    label: str
    plain: bool = False


def columns_of(source: Any, *, wanted: Sequence[str], y: str) -> Columns:
    """Return the wanted columns of a source, rows in the source's order.

    Args:
        source: path of a table, an eager frame, or a 1-D array or list, which is the column `y`.
        wanted: names of columns.
        y: name that a list gets.

    Raises:
        InputError: another source, two columns of one name, a column whose values are of several types.

    Example:
        >>> columns_of([0, 2], wanted=("y",), y="y").columns["y"].to_list()
        [0, 2]
    """
    import narwhals as nw  # noqa: PLC0415 - only when something is read

    if isinstance(source, list | tuple | np.ndarray):
        if isinstance(source, np.ndarray) and source.ndim != 1:
            raise InputError(
                f"an array of counts must have one dimension, but got shape {source.shape}; give one series"
            )
        return Columns(
            columns={y: _column(y, list(source))}, names=(y,), label="the list of counts", plain=True
        )
    label = "the frame"
    if isinstance(source, str | Path):
        source, label = read_table(source), f"the table {source}"
    try:
        frame = nw.from_native(source, eager_only=True)
        names = tuple(map(str, frame.columns))
    except TypeError as error:
        raise InputError(
            "the data must be a path, a pandas or polars frame, or a list of counts, but got "
            f"{type(source).__name__}; convert it to one of them"
        ) from error
    except nw.exceptions.DuplicateError as error:
        raise InputError(
            f"column names must be distinct, but {label} has one more than once; rename them"
        ) from error
    chosen = [name for name in wanted if name in frame.columns]
    if frame.implementation.is_polars():
        columns = {name: frame[name].to_native() for name in chosen}
    else:
        columns = {
            name: _column(
                name,
                [
                    None if empty else value
                    for value, empty in zip(
                        frame[name].to_list(), frame[name].is_null().to_list(), strict=True
                    )
                ],
            )
            for name in chosen
        }
    return Columns(columns=columns, names=names, label=label)


def _column(name: str, values: list[Any]) -> pl.Series:
    import polars as pl  # noqa: PLC0415 - slow to import

    there = [value for value in values if value is not None]
    try:
        if values and all(isinstance(value, Number) for value in values):
            return pl.Series(name, _numbers(values))
        if there and all(isinstance(value, Number) for value in there):
            return pl.Series(name, [None if value is None else _float(value) for value in values])
        if there and all(isinstance(value, dt.datetime) for value in there):
            values = _local_or_utc(values, name=name)
        return pl.Series(name, values, strict=True)
    except (TypeError, OverflowError, pl.exceptions.PolarsError) as error:
        kinds = ", ".join(sorted({type(value).__name__ for value in values}))
        raise InputError(
            f"column {name!r} must hold values of one type, but holds {kinds}; convert it"
        ) from error


def _numbers(values: list[Any]) -> np.ndarray[Any, Any]:
    """Return numbers as an array; those that no machine type holds as floats, infinite where they are beyond them."""
    array = np.asarray(values)
    if array.dtype.kind in "biuf":
        return array
    return np.array([_float(value) for value in values])


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _local_or_utc(values: list[dt.datetime | None], *, name: str) -> list[dt.datetime | None]:
    """Return times without zones: local where all are at midnight, else UTC, whatever zones they are in.

    Raises:
        InputError: some with a zone and some without.
    """
    zoned = [value is not None and value.tzinfo is not None for value in values]
    if not any(zoned):
        return values
    for row, (value, has_zone) in enumerate(zip(values, zoned, strict=True)):
        if value is not None and not has_zone:
            raise InputError(
                f"the times of column {name!r} must have a time zone each or none, but row {row + 1} has none and others have one; "
                "convert them to one zone"
            )
    local = [None if value is None else value.replace(tzinfo=None) for value in values]
    if all(value is None or value.time() == dt.time(0) for value in local):
        return local
    return [None if value is None else value.astimezone(dt.UTC).replace(tzinfo=None) for value in values]
