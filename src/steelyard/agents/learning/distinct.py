"""Equal rows found once, so that a network need not answer one question many times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distinct:
    """Which rows are equal.

    Args:
        first: for each different row the place of one such, shape (different,), int64.
        of: for each row which of the different ones it is, shape (rows,), int64.
    """

    first: NDArray[np.int64]
    of: NDArray[np.int64]


def distinct_rows(*columns: NDArray[np.generic] | None) -> Distinct:
    """Return which rows of some arrays side by side are equal, bit for bit.

    Rows are told apart by a 64-bit sum, and compared: should two different rows ever have one sum, all rows count as different, which costs
    time only.

    Args:
        columns: each of shape (rows, ...); None are left out.

    Example:
        >>> found = distinct_rows(np.array([[1, 2], [3, 4], [1, 2]]))
        >>> found.first.size, bool(found.of[0] == found.of[2])
        (2, True)
    """
    packed = _packed([each for each in columns if each is not None])
    sums = np.zeros(len(packed), dtype=np.uint64)
    for column in packed.T:  # a wrapped product and a shift a column: the order of the columns counts
        sums = (sums ^ column) * _MULTIPLIER
        sums ^= sums >> np.uint64(29)
    _, first, of = np.unique(sums, return_index=True, return_inverse=True)
    if not np.array_equal(packed[first][of], packed):
        everyone = np.arange(len(packed), dtype=np.int64)
        return Distinct(first=everyone, of=everyone)
    return Distinct(first=first.astype(np.int64), of=of.astype(np.int64))


def _packed(columns: list[NDArray[np.generic]]) -> NDArray[np.uint64]:
    """Return the bytes of each row in 64-bit words, shape (rows, words), the last filled up with zeros."""
    rows = len(columns[0])
    wide = [np.ascontiguousarray(each).reshape(rows, -1).view(np.uint8) for each in columns]
    size = sum(each.shape[1] for each in wide)
    together = np.zeros((rows, -(-size // 8) * 8), dtype=np.uint8)
    np.concatenate(wide, axis=1, out=together[:, :size])
    return together.view(np.uint64)
