"""What happens in Satchel by chance: first bags and arriving words, the same for one environment and for many."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.environments.satchel.tables import Tables


class Draws:
    """Draw first bags and what follows on words, for n environments at once.

    Args:
        tables: of the rules.
    """

    def __init__(self, tables: Tables) -> None:
        rules = tables.rules
        self._words = len(rules.words)
        self._capacity = rules.capacity
        self._per_word = self._words / rules.arrival if rules.arrival > 0 else None
        self._fill = tables.arrivals.ravel()
        itself = np.arange(len(tables.bags), dtype=np.int32)[:, None]
        # one more column than words: nothing arrives
        self._becomes = np.concatenate([tables.arrivals, itself], axis=1).ravel()
        self._row = (tables.left * (self._words + 1)).ravel()

    def first(self, random: np.random.Generator, n: int) -> NDArray[np.int32]:
        """Return the numbers of n first bags: `capacity` words each, uniform and independent."""
        words = random.integers(self._words, size=(self._capacity, n))
        bags = np.zeros(n, dtype=np.int32)
        for row in words:
            bags = self._fill.take(bags * self._words + row)
        return bags

    def follow(self, random: np.random.Generator, place: NDArray[Any]) -> NDArray[np.int32]:
        """Return the numbers of the bags that follow; one random number each says whether a word arrives, and which.

        Args:
            random: where the random numbers come from.
            place: bag * words + word taken, shape (n,).
        """
        row = self._row.take(place)
        if self._per_word is None:
            return np.asarray(self._becomes.take(row + self._words))
        draws = random.random(len(row))
        draws *= self._per_word
        if self._per_word > self._words + 1:
            np.minimum(draws, self._words, out=draws)
        row += draws.astype(np.int32)
        return np.asarray(self._becomes.take(row))
