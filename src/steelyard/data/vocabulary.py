"""Which words of a corpus to keep: not the rarest, not those that every document has, not too many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """The rule by which words are kept.

    Args:
        min_df: fewest documents that a word must be in; a float is a share of the documents (0-1).
        max_df: most documents that a word may be in; a float is a share (1.0: all of them), a whole number a count.
        most_words: keep only this many, those with the most tokens (of equals, the first in the alphabet); None keeps all.
        leave_out: stop words.

    Raises:
        InputError: a share outside 0-1, a count below 0, `most_words` below 1.

    Example:
        >>> rule = Pruning(min_df=2, max_df=0.9)
        >>> rule.kept(("rare", "some", "all"), documents=10, frequency=np.array([1, 5, 10]), tokens=np.array([9, 5, 10]))
        array([1])
    """

    min_df: int | float = 1
    max_df: int | float = 1.0
    most_words: int | None = None
    leave_out: Collection[str] = frozenset()

    def __post_init__(self) -> None:
        for name in ("min_df", "max_df"):
            value = getattr(self, name)
            if not (0 <= value <= 1 if isinstance(value, float) else value >= 0):
                raise InputError(
                    f"`{name}` must be a share from 0 to 1 or a whole number of documents, but got {value}"
                )
        if self.most_words is not None and self.most_words < 1:
            raise InputError(f"`most_words` must be at least 1, but got {self.most_words}")

    def kept(
        self, words: Sequence[str], *, documents: int, frequency: NDArray[np.int64], tokens: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return the numbers of the words to keep, in the alphabet's order, shape (kept,).

        Args:
            words: the words.
            documents: the number of documents.
            frequency: how many documents have each word, shape (words,).
            tokens: how often each word occurs, shape (words,).
        """
        fewest = self.min_df * documents if isinstance(self.min_df, float) else self.min_df
        most = self.max_df * documents if isinstance(self.max_df, float) else self.max_df
        chosen = [
            number
            for number in np.flatnonzero((frequency >= fewest) & (frequency <= most)).tolist()
            if words[number] not in self.leave_out
        ]
        chosen.sort(key=words.__getitem__)
        if self.most_words is not None and len(chosen) > self.most_words:
            common = sorted(chosen, key=lambda number: -int(tokens[number]))[: self.most_words]
            chosen = sorted(common, key=words.__getitem__)
        return np.array(chosen, dtype=np.int64)

    @property
    def keeps_all(self) -> bool:
        """Return whether the rule can leave no word out."""
        whole = isinstance(self.max_df, float) and self.max_df == 1.0
        return (
            self.min_df <= 1
            and not isinstance(self.min_df, float)
            and whole
            and self.most_words is None
            and not self.leave_out
        )
