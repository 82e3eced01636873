"""Uniform: every token as likely as any other, as a network guesses before it has learnt anything."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.baselines._base import check_fitted, check_ids
from steelyard.language.stream import Stream


class Uniform:
    """Give each of the vocabulary's tokens the probability 1 / size: ln(size) nats a token, on any text.

    Attributes:
        size_: number of tokens of the vocabulary.

    Example:
        >>> import numpy as np
        >>> from steelyard.language.stream import Stream
        >>> stream = Stream.of(np.array([2, 3, 2]))
        >>> Uniform().fit(stream, size=4).score(stream).round(3).tolist()
        [1.386, 1.386, 1.386]
    """

    name = "uniform"

    def fit(self, stream: Stream, *, size: int) -> Self:
        """Learn how many tokens there are."""
        if size < 1:
            raise InputError(f"`size` must be at least 1 token, but got {size}")
        check_ids(stream.ids, size=size)
        self.size_ = size
        return self

    def score(self, stream: Stream) -> NDArray[np.float64]:
        """Return the nats of every token after the first, shape (t - 1,)."""
        check_fitted(self)
        check_ids(stream.ids, size=self.size_)
        return np.full(stream.tokens, math.log(self.size_))

    def predict(self, context: Sequence[int] | NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """Return the probability of every token, shape (size,); the context plays no part."""
        check_fitted(self)
        check_ids(np.asarray(context, dtype=np.int64), size=self.size_)
        return np.full(self.size_, 1 / self.size_)
