"""What users hand to `fit` and `predict`, made into series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steelyard.data.series import CountSeries, read_series
from steelyard.errors import InputError

MOST_COUNT = 1000
"""Largest count that a forecast tabulates; beyond it a distribution over single counts is the wrong tool."""


def as_series(source: Any) -> tuple[CountSeries, ...]:
    """Return the series in a source: a `CountSeries`, several of them, or anything that `read_series` reads.

    Raises:
        InputError: two series of one name, or what `read_series` raises.

    Example:
        >>> [len(series) for series in as_series([0, 0, 2, 0])]
        [4]
    """
    if isinstance(source, CountSeries):
        return (source,)
    if isinstance(source, Sequence) and source and all(isinstance(each, CountSeries) for each in source):
        names = [each.unique_id for each in source]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError(
                f"each series must have a name of its own, but {twice!r} comes more than once; rename one"
            )
        return tuple(source)
    return read_series(source)


def check_training(series: Sequence[CountSeries], *, at_least: int) -> None:
    """Check that series are long enough, together, to learn from, that they have events and quiet steps, and counts of a usable size.

    Raises:
        InputError: what is not so, and what to do about it.
    """
    steps = sum(map(len, series))
    if steps < at_least:
        raise InputError(
            f"all series together must have at least {at_least} steps to train on, but have {steps}; give longer series, or a shorter "
            "window"
        )
    check_counts(series)
    events = int(sum((each.y > 0).sum() for each in series))
    if events < 5 or steps - events < 5:
        raise InputError(
            f"the training part must have at least 5 steps with an event and 5 without, but {events} of its {steps} steps have "
            "one; give more data"
        )


def check_counts(series: Sequence[CountSeries]) -> None:
    """Check that counts are of a size that can be tabulated.

    Raises:
        InputError: a count above `MOST_COUNT`; the series is named.

    Example:
        >>> check_counts(as_series([0, 0, 1000, 0]))
    """
    for each in series:
        if each.y.max() > MOST_COUNT:
            raise InputError(
                f"counts must not exceed {MOST_COUNT}, but series {each.unique_id!r} reaches {each.y.max()}; count in larger units"
            )


def check_history(series: Sequence[CountSeries], *, horizon: int) -> None:
    """Check what any forecaster needs before it is fitted.

    Raises:
        InputError: a horizon below 1; a count above `MOST_COUNT`.
    """
    if horizon < 1:
        raise InputError(f"`horizon` must be at least 1, but got {horizon}")
    check_counts(series)


def rows_from(series: CountSeries, start: Any) -> int:
    """Return the first row at or after a date (or position); the number of rows when `start` is None.

    Raises:
        InputError: a start that can't be compared with the series' dates, or lies after its end.
    """
    if start is None:
        return len(series)
    try:
        row = len(series.before(start))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`start` must be a date like those of series {series.unique_id!r} ({series.ds[0]}), but got {start!r}"
        ) from error
    if row >= len(series):
        raise InputError(
            f"`start` must not lie after the end of series {series.unique_id!r} ({series.ds[-1]}), but got {start!r}; leave it out "
            "to forecast the next step"
        )
    return row
