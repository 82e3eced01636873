"""Groups that every token of a text falls into, one each, so that what is summed over groups is the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouping:
    """A partition of the scored tokens.

    Args:
        by: what the groups differ in, a few words (`times in the training text`).
        names: of the groups, in their order.
        group: the group of each token, shape (n,), from 0.

    Raises:
        InputError: a group without a name.
    """

    by: str
    names: tuple[str, ...]
    group: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.group.size and not 0 <= self.group.min() <= self.group.max() < len(self.names):
            raise InputError(
                f"`group` must lie between 0 and {len(self.names) - 1}, but got {self.group.min()} to {self.group.max()}"
            )


def banded(values: NDArray[np.integer], firsts: Sequence[int], *, by: str) -> Grouping:
    """Return the grouping of whole numbers by ranges.

    Args:
        values: a number for each token, shape (n,), 0 or more.
        firsts: the smallest number of each range, increasing; the last range is open.
        by: what the numbers are.

    Raises:
        InputError: ranges that don't increase, or a number below the first.

    Example:
        >>> found = banded(np.array([0, 1, 5, 900]), (0, 1, 10), by="times")
        >>> found.names, found.group.tolist()
        (('0', '1 to 9', '10 or more'), [0, 1, 1, 2])
    """
    edges = np.asarray(firsts, dtype=np.int64)
    if len(edges) == 0 or (np.diff(edges) <= 0).any():
        raise InputError(f"`firsts` must increase, but got {list(firsts)}")
    if values.size and int(values.min()) < edges[0]:
        raise InputError(
            f"`values` must be at least the first range's {edges[0]}, but got {int(values.min())}"
        )
    names = [_named(low, after - 1) for low, after in pairwise(edges.tolist())]
    names.append(f"{edges[-1]:,} or more")
    return Grouping(
        by=by,
        names=tuple(names),
        group=np.searchsorted(edges, np.asarray(values, dtype=np.int64), side="right").astype(np.int64) - 1,
    )


def even_firsts(values: NDArray[np.integer], *, count: int = 6) -> tuple[int, ...]:
    """Return where at most `count` ranges begin that hold about equally many of the values each.

    A value is never split, so that one that most tokens have makes a large range of its own.

    Args:
        values: whole numbers, shape (n,).
        count: most ranges.

    Example:
        >>> even_firsts(np.array([0, 1, 1, 2, 2, 3, 9, 9]), count=4)
        (0, 1, 2, 9)
    """
    if values.size == 0:
        return (0,)
    ordered = np.sort(values)
    at = (np.arange(1, count) * len(ordered)) // count
    return tuple(sorted({int(ordered[0]), *ordered[at].tolist()}))


def _named(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
