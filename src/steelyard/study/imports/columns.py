"""Finding the columns that a comparison names, and picking rows by a column's value."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Sequence

import polars as pl

from steelyard.errors import InputError
from steelyard.study.imports._base import some
from steelyard.study.imports.labels import labels


def tidy_names(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with blanks around its column names removed, where that keeps them distinct.

    Example:
        >>> tidy_names(pl.DataFrame({" seed": [0], "loss ": [0.5]})).columns
        ['seed', 'loss']
    """
    stripped = [name.strip() for name in frame.columns]
    if len(set(stripped)) < len(stripped):
        return frame
    return frame.rename(dict(zip(frame.columns, stripped, strict=True)))


def find_column(names: Sequence[str], wanted: str, *, role: str) -> str:
    """Return the name of a column, or say which columns there are.

    Args:
        names: the columns.
        wanted: the name that was asked for.
        role: what it was asked for as, e.g. `--factor`.

    Raises:
        InputError: no such column.

    Example:
        >>> find_column(["seed", "loss"], "los", role="--metric")
        Traceback (most recent call last):
        steelyard.errors.InputError: --metric must name a column, but got 'los'; did you mean 'loss'? The columns are: seed, loss
    """
    if wanted in names:
        return wanted
    if wanted.strip() in names:
        return wanted.strip()
    if len(names) == 1 and (separator := next((mark for mark in ";\t|" if mark in names[0]), None)):
        raise InputError(
            f"{role} must name a column, but got {wanted!r} and the file's only column is {names[0]!r}: its fields seem to "
            f"be separated by {separator!r}; save it with commas (or tabs, as .tsv)"
        )
    raise InputError(
        f"{role} must name a column, but got {wanted!r}; {closest(wanted, names)}The columns are: {some(names, most=40)}"
    )


def closest(wanted: str, names: Iterable[str]) -> str:
    """Return "did you mean ...? " for a name close to the wanted one, "" if there is none.

    Example:
        >>> closest("Layer", ["none", "layer"])
        "did you mean 'layer'? "
    """
    lower = {name.lower(): name for name in names}
    found = difflib.get_close_matches(wanted.strip().lower(), lower, n=1)
    return f"did you mean {lower[found[0]]!r}? " if found else ""


def pick_rows(frame: pl.DataFrame, conditions: Sequence[str]) -> pl.DataFrame:
    """Return the rows that meet every `column=value`; values given for one column are alternatives.

    An empty value picks the rows without one. Numbers are compared as numbers.

    Args:
        frame: the rows.
        conditions: each `column=value`.

    Raises:
        InputError: a condition of another form, an unknown column, or no row left.

    Example:
        >>> frame = pl.DataFrame({"lr": [0.1, 0.01, 0.001], "model": ["a", "a", "b"]})
        >>> pick_rows(frame, ["lr=.1", "lr=1e-2", "model=a"]).height
        2
    """
    wanted: dict[str, list[str]] = {}
    for condition in conditions:
        column, value = _split(condition, frame.columns)
        wanted.setdefault(column, []).append(value)
    for column, values in wanted.items():
        there = frame.get_column(column)
        picked = frame.filter(_matches(there, values))
        if picked.height == 0:
            known = labels(there, column=column).unique(maintain_order=True).fill_null("(missing)")
            raise InputError(
                f"--where must leave rows, but none has {column}={' or '.join(values)}; `{column}` is {some(known)}"
            )
        frame = picked
    return frame


def _split(condition: str, names: Sequence[str]) -> tuple[str, str]:
    places = [place for place, character in enumerate(condition) if character == "="]
    for place in places:  # names may hold `=` themselves
        if (name := condition[:place].strip()) in names:
            return name, condition[place + 1 :].strip()
    if not places:
        raise InputError(f"--where must be given as column=value, but got {condition!r}")
    return find_column(names, condition[: places[0]], role="--where"), condition[places[0] + 1 :].strip()


def _matches(column: pl.Series, values: Sequence[str]) -> pl.Series:
    told = labels(column, column=column.name)
    matches = told.is_in([value for value in values if value])
    if "" in values:
        matches = matches.fill_null(value=False) | told.is_null()
    if column.dtype.is_numeric():
        numbers = [number for value in values if math.isfinite(number := as_number(value))]
        matches = matches.fill_null(value=False) | column.cast(pl.Float64).is_in(numbers)
    elif column.dtype == pl.Boolean:
        matches = matches | told.str.to_lowercase().is_in([value.lower() for value in values])
    return matches.fill_null(value=False)


def as_number(text: str) -> float:
    """Return the number that a text is, nan if it is none.

    Example:
        >>> as_number("1e-2"), as_number("x")
        (0.01, nan)
    """
    try:
        return float(text)
    except ValueError:
        return math.nan
