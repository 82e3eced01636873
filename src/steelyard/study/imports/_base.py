"""What every reader of other people's results comes to: one table in long form, one row a trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

Take = Literal["last", "min", "max"]
"""Which of a run's logged values stands for the run: the last one, or the extreme over the whole run."""

_WIDEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Results as one row a trial, wherever they came from.

    Args:
        frame: the rows, in the order in which they were found; the metric of a run that failed is null.
        kind: `table`, `mlflow` or `tensorboard`.
        source: where they were read from, for people.
        notes: what was left out and why, each a sentence.
        described: columns that describe a run but are no choice of its author's (its name, its status): never confounding.
    """

    frame: pl.DataFrame
    kind: Literal["table", "mlflow", "tensorboard"]
    source: str
    notes: tuple[str, ...] = ()
    described: tuple[str, ...] = ()


def some(values: Sequence[object] | pl.Series, *, most: int = 8) -> str:
    """Return a list in words; a long list and long values are cut.

    Example:
        >>> some(["a", "b"])
        'a, b'
        >>> some(range(20), most=3)
        '0, 1, 2 and 17 more'
    """
    told = (str(value) for value in values[:most])
    shown = ", ".join(each if len(each) <= _WIDEST else f"{each[:_WIDEST]}..." for each in told)
    return shown if len(values) <= most else f"{shown} and {len(values) - most} more"


def count(number: int, noun: str) -> str:
    """Return a number with its noun.

    Example:
        >>> count(1, "seed"), count(2, "seed")
        ('1 seed', '2 seeds')
    """
    return f"{number} {noun}{'s' * (number != 1)}"
