"""What a model made of a text: nats of each token, guesses beside the right one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextScore:
    """The loss of every token of a text, -log p of the right one.

    Args:
        text: what was scored.
        ids: its tokens, int32, shape (n,).
        starts: where each starts in the text, in characters, int64, shape (n + 1,).
        bytes: UTF-8 bytes of each, int64, shape (n,).
        nats: -log p of each given all before it, float64, shape (n,); the first is guessed from the mark of a document.
        spelling_nats: what spelling each unknown token costs beside, float64, shape (n,); 0 where it is known.
        unknown: how many tokens the vocabulary doesn't have.

    Example:
        >>> score = TextScore(
        ...     text="ab", ids=np.array([2, 3], np.int32), starts=np.arange(3), bytes=np.ones(2, np.int64), nats=np.log([2.0, 8.0]),
        ...     spelling_nats=np.zeros(2), unknown=0,
        ... )
        >>> round(score.perplexity, 6), round(score.bits_per_byte, 6)
        (4.0, 2.0)
    """

    text: str
    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    bytes: NDArray[np.int64]
    nats: NDArray[np.float64]
    spelling_nats: NDArray[np.float64]
    unknown: int

    @property
    def tokens(self) -> int:
        """Return how many tokens were scored."""
        return len(self.ids)

    @property
    def nats_per_token(self) -> float:
        """Return the mean of the nats: the cross-entropy, what Keras calls categorical_crossentropy."""
        return float(self.nats.mean())

    @property
    def perplexity(self) -> float:
        """Return exp(nats per token): the number of equally likely tokens with as much uncertainty; inf where it overflows."""
        mean = self.nats_per_token
        return math.exp(mean) if mean < 700 else math.inf  # e^709 is the largest float64

    @property
    def bits_per_byte(self) -> float:
        """Return all nats, spelling included, in bits a UTF-8 byte: comparable between words and characters."""
        return self._bits() / int(self.bytes.sum())

    @property
    def bits_per_character(self) -> float:
        """Return all nats, spelling included, in bits a code point."""
        return self._bits() / len(self.text)

    def token_texts(self) -> list[str]:
        """Return the stretch of the text that each token stands for."""
        return [
            self.text[start:end]
            for start, end in zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True)
        ]

    def _bits(self) -> float:
        return float(self.nats.sum() + self.spelling_nats.sum()) / math.log(2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Guesses:
    """What a model thought likely at each token of a text.

    Args:
        ids: the likeliest tokens, likeliest first, int32, shape (n, count).
        probabilities: theirs, float64, shape (n, count).
        ranks: place of the right token among all, 1 for a right first guess, int32, shape (n,); tokens as likely as it stand behind it.
        nats: -log p of the right token, float64, shape (n,).
    """

    ids: NDArray[np.int32]
    probabilities: NDArray[np.float64]
    ranks: NDArray[np.int32]
    nats: NDArray[np.float64]


def likeliest(logs: Iterable[NDArray[np.float32]], ids: NDArray[np.int32], *, count: int) -> Guesses:
    """Return the likeliest tokens at every place of a text, and where the right one stood among all.

    Args:
        logs: log p of every token at each place, in blocks of shape (places, size).
        ids: the right tokens, shape (places,).
        count: how many guesses, at most `size`.

    Example:
        >>> found = likeliest([np.log(np.array([[0.2, 0.7, 0.1]], np.float32))], np.array([0], np.int32), count=2)
        >>> found.ids.tolist(), found.ranks.tolist(), found.probabilities.round(3).tolist()
        ([[1, 0]], [2], [[0.7, 0.2]])
    """
    best, likely, ranks, nats = [], [], [], []
    done = 0
    for block in logs:
        right = ids[done : done + len(block)]
        own = block[np.arange(len(block)), right]
        order = np.argsort(-block, axis=1, kind="stable")[:, :count]
        best.append(order.astype(np.int32))
        likely.append(np.exp(np.take_along_axis(block, order, axis=1).astype(np.float64)))
        ranks.append(1 + (block > own[:, None]).sum(axis=1))
        nats.append(-own.astype(np.float64))
        done += len(block)
    return Guesses(
        ids=np.concatenate(best),
        probabilities=np.concatenate(likely),
        ranks=np.concatenate(ranks).astype(np.int32),
        nats=np.concatenate(nats),
    )
