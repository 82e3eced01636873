"""The different n-grams of a stream of every order, numbered, with how often they occur: sorted arrays, no dictionaries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.language.vocabulary import DOCUMENT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grams:
    """The n-grams of one order: each is a context (a gram of the order below, by its number) and the token that followed.

    A gram's number is its place here; of order 1 there are all tokens of the vocabulary, seen or not, so that a token is its own number.

    Args:
        keys: context times `size` plus token, rising, int64, shape (grams,). A context's grams stand together.
        counts: how often each occurs, int64, shape (grams,).
        shorter: number of each without its first token, among the grams of the order below, int64, shape (grams,); 0 for order 1.
        from_start: whether each begins with the mark of a document, so that nothing can stand before it, shape (grams,).
        size: number of tokens of the vocabulary.
    """

    keys: NDArray[np.int64]
    counts: NDArray[np.int64]
    shorter: NDArray[np.int64]
    from_start: NDArray[np.bool_]
    size: int

    @property
    def contexts(self) -> NDArray[np.int64]:
        """Return the number of each gram's context, shape (grams,)."""
        return self.keys // self.size

    @property
    def last(self) -> NDArray[np.int64]:
        """Return each gram's last token, shape (grams,)."""
        return self.keys % self.size

    def find(self, contexts: NDArray[np.int64], tokens: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of grams, -1 for those that there aren't.

        Args:
            contexts: numbers of grams of the order below, -1 where there is none, shape (n,).
            tokens: the token after each, shape (n,).
        """
        wanted = np.where(contexts < 0, -1, contexts * self.size + tokens)
        if not len(self.keys):
            return np.full(len(wanted), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[at] == wanted, at, -1)


def count_grams(ids: NDArray[np.int32], *, order: int, size: int) -> tuple[Grams, ...]:
    """Return the grams of the orders 1 to `order` that end at the tokens after the first; none reaches behind a document's mark.

    A mark is the first token of its own document's grams, and the last one of grams of the document before.

    Args:
        ids: token numbers, beginning with a mark, shape (t,).
        order: tokens of the longest grams.
        size: number of tokens of the vocabulary.

    Example:
        >>> grams = count_grams(np.array([1, 2, 3, 2, 3], dtype=np.int32), order=2, size=4)[1]
        >>> np.column_stack([grams.contexts, grams.last, grams.counts]).tolist()
        [[1, 2, 1], [2, 3, 2], [3, 2, 1]]
    """
    tokens = ids.astype(np.int64)
    reach = known_before(ids)
    found = [
        Grams(
            keys=np.arange(size, dtype=np.int64),
            counts=np.bincount(tokens[1:], minlength=size),
            shorter=np.zeros(size, dtype=np.int64),
            from_start=np.zeros(size, dtype=np.bool_),
            size=size,
        )
    ]
    number = tokens  # of the gram, one token shorter, that ends at each position
    for length in range(2, order + 1):
        ends = np.flatnonzero(reach >= length - 1)
        keys, first, which, counts = np.unique(
            number[ends - 1] * size + tokens[ends], return_index=True, return_inverse=True, return_counts=True
        )
        found.append(
            Grams(
                keys=keys,
                counts=counts,
                shorter=number[ends[first]],
                from_start=reach[ends[first]] == length - 1,
                size=size,
            )
        )
        number = np.full(len(ids), -1, dtype=np.int64)
        number[ends] = which
    return tuple(found)


def known_before(ids: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return how many tokens each token may be guessed from: those from the last mark before it on, shape (t,).

    Example:
        >>> known_before(np.array([1, 2, 3, 1, 2], dtype=np.int32)).tolist()
        [0, 1, 2, 3, 1]
    """
    places = np.arange(len(ids), dtype=np.int64)
    last = np.maximum.accumulate(np.where(ids == DOCUMENT, places, 0))
    reach = np.zeros(len(ids), dtype=np.int64)
    reach[1:] = places[1:] - last[:-1]
    return reach
