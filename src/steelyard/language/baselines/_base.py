"""The contract of a baseline: fitted on a stream, asked for the nats of another or for one distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.stream import Stream


class Baseline(Protocol):
    """What the predictors of the next token have in common.

    Every one gives every token of the vocabulary a positive probability, the two special ones included, whatever the context, and the
    probabilities of a context sum to 1. None of them looks behind the mark of the document that a token stands in: a mark is a token
    that is guessed, and the context of what follows it begins with it.

    Attributes:
        name: what tables call it.

    Raises (all methods):
        InputError: token numbers outside the vocabulary; `score` or `predict` before `fit`.
    """

    @property
    def name(self) -> str:
        """Return what tables call it."""

    def fit(self, stream: Stream, *, size: int) -> Self:
        """Learn from a stream and return the baseline.

        Args:
            stream: the training documents.
            size: number of tokens of the vocabulary.
        """

    def score(self, stream: Stream) -> NDArray[np.float64]:
        """Return the nats of every token after the first, -ln of its probability, shape (t - 1,)."""

    def predict(self, context: Sequence[int] | NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """Return the probability of every token after a context, shape (size,).

        Args:
            context: the tokens so far, any number; what stands before its last mark plays no part.
        """


def check_ids(ids: NDArray[np.integer[Any]], *, size: int) -> None:
    """Raise InputError for token numbers that a vocabulary of `size` tokens doesn't have.

    Args:
        ids: token numbers, shape (t,).
        size: number of tokens of the vocabulary.
    """
    if len(ids) and (int(ids.min()) < 0 or int(ids.max()) >= size):
        raise InputError(
            f"token numbers must lie between 0 and {size - 1}, but go from {ids.min()} to {ids.max()}; "
            "encode the text with the vocabulary that was fitted on"
        )


def check_fitted(baseline: object) -> None:
    """Raise InputError for a baseline that hasn't been fitted."""
    if not hasattr(baseline, "size_"):
        raise InputError("the baseline must be fitted before it guesses; call `fit` first")
