"""Tokens by their position in the document: how much a model can have read before it guesses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.language.meaning.grouping import Grouping, banded


def positions(starts: NDArray[np.integer], count: int) -> NDArray[np.int64]:
    """Return how many tokens of its document stand before each token of a stream, the mark of its start among them.

    Args:
        starts: index of each document's mark in the stream, increasing, the first 0.
        count: tokens of the stream, marks included.

    Example:
        >>> positions(np.array([0, 3]), 6).tolist()
        [0, 1, 2, 0, 1, 2]
    """
    index = np.arange(count, dtype=np.int64)
    own = np.searchsorted(starts, index, side="right") - 1
    return index - np.asarray(starts, dtype=np.int64)[own]


def by_position(starts: NDArray[np.integer], count: int) -> Grouping:
    """Return a stream's scored tokens (all but the first) grouped by their position in the document, in powers of 4.

    A later document's mark, which is scored too, stands at the end of the document before it.

    Args:
        starts: index of each document's mark in the stream.
        count: tokens of the stream, marks included.

    Example:
        >>> found = by_position(np.array([0]), 8)
        >>> [found.names[each] for each in found.group]
        ['1', '2 to 4', '2 to 4', '2 to 4', '5 or more', '5 or more', '5 or more']
    """
    before = positions(starts, count)
    place = before[:-1] + 1
    most = int(place.max(initial=1))
    firsts = [1, *(4**power + 1 for power in range(12) if 4**power + 1 <= most)]
    return banded(place, firsts, by="position in the document")
