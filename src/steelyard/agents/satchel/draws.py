"""The draws of Satchel: first bags and arriving words, the same for one environment and for many."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.agents.satchel.tables import Tables


class Draws:
    """Draw first bags and what arrives, for n environments at once.

    Args:
        tables: of the rules.
    """

    def __init__(self, tables: Tables) -> None:
        rules = tables.rules
        self._words = len(rules.words)
        self._capacity = rules.capacity
        self._per_word = self._words / rules.arrival if rules.arrival > 0 else None
        self._fill = tables.arrivals.astype(np.intp)
        # one more column: nothing arrives
        itself = np.arange(len(tables.bags))[:, None]
        self._becomes = np.concatenate([self._fill, itself], axis=1).ravel()

    def first(self, random: np.random.Generator, n: int) -> NDArray[np.intp]:
        """Return the numbers of n first bags: `capacity` words each, uniform and independent."""
        words = random.integers(self._words, size=(self._capacity, n))
        bags = np.zeros(n, dtype=np.intp)
        for row in words:
            bags = self._fill[bags, row]
        return bags

    def arrive(self, random: np.random.Generator, left: NDArray[Any]) -> NDArray[np.intp]:
        """Return what bags become: one random number each says whether a word arrives, and which."""
        if self._per_word is None:
            return left.astype(np.intp)
        arrived = np.minimum(random.random(len(left)) * self._per_word, self._words).astype(np.intp)
        arrived += left * (self._words + 1)
        return np.asarray(self._becomes.take(arrived))
