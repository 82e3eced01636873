"""A stand-in for a language model in training: counts of pairs, mixed with uniform less and less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from steelyard.language.baselines import KneserNey
from steelyard.language.meaning.state import State
from steelyard.language.stream import Stream, make_stream
from steelyard.language.vocabulary import Vocabulary


class Mixture:
    """Gives each token `share` times its probability after the one before, and the rest evenly."""

    def __init__(self, vocabulary: Vocabulary, table: NDArray[np.float64], share: float) -> None:
        self.vocabulary_ = vocabulary
        self._rows = np.log(share * table + (1 - share) / vocabulary.size).astype(np.float32)

    def log_probabilities(self, stream: Stream) -> Iterator[NDArray[np.float32]]:
        rows = self._rows[stream.ids[:-1]]
        yield rows[:7]
        yield rows[7:]


def mixtures(
    texts: Sequence[str],
    *,
    unit: str = "character",
    shares: Sequence[float] = (0.0, 0.3, 0.8, 0.98),
    limit: int | None = None,
) -> tuple[State, ...]:
    """Return the states of a pretended training on texts."""
    vocabulary = Vocabulary.build(texts, unit=unit, limit=limit)  # type: ignore[arg-type]
    pairs = KneserNey(order=2).fit(make_stream(texts, vocabulary), size=vocabulary.size)
    table = np.stack([pairs.predict([token]) for token in range(vocabulary.size)])
    return tuple(
        State(
            step=10 * nth, tokens=0 if nth == 0 else 10 ** (nth + 2), model=Mixture(vocabulary, table, share)
        )
        for nth, share in enumerate(shares)
    )
