"""Whether the training text had it: the longest run of tokens, ending at each token, that the training text holds too."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.meaning.grouping import Grouping, banded, even_firsts
from steelyard.language.vocabulary import DOCUMENT, UNKNOWN

LONGEST = 32
"""Tokens after which a run isn't followed further."""


def longest_seen(
    ids: NDArray[np.integer], training: NDArray[np.integer], *, longest: int = LONGEST
) -> NDArray[np.int64]:
    """Return, for each token, the length of the longest run ending with it that stands in the training text.

    Exact, without hashing: runs of one more token are numbered from the numbers of their two overlapping parts, and
    only those that both texts hold are followed. A run may begin with a document's mark but doesn't reach past it;
    an unknown token is in no run.

    Args:
        ids: the text, shape (t,).
        training: the training text, shape (u,).
        longest: where to stop.

    Raises:
        InputError: `longest` below 1.

    Example:
        >>> longest_seen(np.array([5, 6, 7, 9]), np.array([1, 6, 7, 5, 6])).tolist()
        [1, 2, 2, 0]
    """
    if longest < 1:
        raise InputError(f"`longest` must be at least 1, but got {longest}")
    text, known = np.asarray(ids, dtype=np.int64), np.asarray(training, dtype=np.int64)
    size = 1 + max(int(text.max(initial=0)), int(known.max(initial=0)))
    lengths = np.zeros(len(text), dtype=np.int64)
    ends, known_ends = np.flatnonzero(text != UNKNOWN), np.flatnonzero(known != UNKNOWN)
    names, known_names = text[ends], known[known_ends]
    for length in range(1, longest + 1):
        shared, known_shared = np.isin(names, known_names), np.isin(known_names, names)
        ends, names = ends[shared], names[shared]
        known_ends, known_names = known_ends[known_shared], known_names[known_shared]
        lengths[ends] = length
        if not len(ends):
            break
        ends, names = _longer(text, ends, names, size=size)
        known_ends, known_names = _longer(known, known_ends, known_names, size=size)
        both = np.unique(np.concatenate([names, known_names]), return_inverse=True)[1]
        names, known_names = both[: len(names)], both[len(names) :]
    return lengths


def _longer(
    text: NDArray[np.int64], ends: NDArray[np.int64], names: NDArray[np.int64], *, size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where runs of one more token end, and a number for each that equal runs share.

    A longer run ends one token after a shared run, so its first part is the run that ended there and its last token
    tells it apart.
    """
    after = ends + 1
    inside = after < len(text)
    after, first = after[inside], names[inside]
    last = text[after]
    may = (last != UNKNOWN) & (last != DOCUMENT)
    return after[may], first[may] * size + last[may]


def by_context(seen: NDArray[np.int64]) -> Grouping:
    """Return a stream's scored tokens grouped by the longest run just before them that the training text holds.

    Args:
        seen: `longest_seen` of the whole stream, shape (t,).

    When it is wrong: it asks for the same tokens in the same order; a context that means the same in other words is new to it.
    """
    return banded(seen[:-1], even_firsts(seen[:-1]), by="known run before it")


def by_continuation(seen: NDArray[np.int64]) -> Grouping:
    """Return a stream's scored tokens grouped by the longest run *ending with them* that the training text holds.

    A run of 3 says that the two tokens before were followed by this one in the training text too, and that the three
    before were not: what a table of counts could know.

    Args:
        seen: `longest_seen` of the whole stream, shape (t,).
    """
    return banded(seen[1:], even_firsts(seen[1:]), by="known run with it")
