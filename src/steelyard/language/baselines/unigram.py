"""Unigram: how often each token is, whatever stands before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.language.baselines._base import check_fitted, check_ids
from steelyard.language.stream import Stream


class Unigram:
    """Give each token its share of the training tokens, one more of each token counted than there were.

    The added one (Laplace's rule of succession, the mean under a uniform prior) keeps tokens possible that training didn't have, such
    as the unknown one: p(w) = (c(w) + 1) / (tokens + size).

    Attributes:
        size_: number of tokens of the vocabulary.
        probabilities_: of every token, shape (size,).

    When it is wrong: with few training tokens for a large vocabulary the added ones take much from tokens that were seen.

    Example:
        >>> import numpy as np
        >>> from steelyard.language.stream import Stream
        >>> Unigram().fit(Stream.of(np.array([2, 3, 2, 2])), size=4).probabilities_.tolist()
        [0.125, 0.125, 0.5, 0.25]
    """

    name = "unigram"

    def fit(self, stream: Stream, *, size: int) -> Self:
        """Count the tokens that are guessed: all but the first mark."""
        check_ids(stream.ids, size=size)
        self.size_ = size
        counts = np.bincount(stream.ids[1:], minlength=size)
        self.probabilities_: NDArray[np.float64] = (counts + 1) / (stream.tokens + size)
        return self

    def score(self, stream: Stream) -> NDArray[np.float64]:
        """Return the nats of every token after the first, shape (t - 1,)."""
        check_fitted(self)
        check_ids(stream.ids, size=self.size_)
        nats: NDArray[np.float64] = -np.log(self.probabilities_)[stream.ids[1:]]
        return nats

    def predict(self, context: Sequence[int] | NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """Return the probability of every token, shape (size,); the context plays no part."""
        check_fitted(self)
        check_ids(np.asarray(context, dtype=np.int64), size=self.size_)
        return self.probabilities_.copy()
