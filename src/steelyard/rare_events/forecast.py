"""A forecast: for every step the whole distribution of the count, so that every score can be taken from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.data.dates import Dates

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecast:
    """Probabilities of each count at each step, made from the steps before it.

    Args:
        unique_id: the series of each step, shape (steps,).
        ds: date (or position) of each step, shape (steps,).
        log_pmf: log P(count = k), natural, shape (steps, most + 1), k = 0 .. most; the last column is "most or more". Rows
            sum to 1 in probability.
    """

    unique_id: NDArray[np.str_]
    ds: Dates
    log_pmf: _Array

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.log_pmf)

    @property
    def most(self) -> int:
        """Return the count whose column also holds everything above it."""
        return int(self.log_pmf.shape[1]) - 1

    @property
    def pmf(self) -> _Array:
        """Return P(count = k), shape (steps, most + 1)."""
        return np.exp(self.log_pmf)

    @property
    def p_event(self) -> _Array:
        """Return P(count > 0), shape (steps,)."""
        return -np.expm1(np.minimum(self.log_pmf[:, 0], 0.0))

    @property
    def mean(self) -> _Array:
        """Return the expected count (that of an event times its probability), shape (steps,)."""
        means: _Array = self.pmf @ np.arange(self.most + 1.0)
        return means

    @property
    def strength(self) -> _Array:
        """Return the expected count given that there is an event, shape (steps,); at least 1."""
        return np.maximum(self.mean / np.maximum(self.p_event, np.finfo(float).tiny), 1.0)

    def quantile(self, share: float) -> NDArray[np.int64]:
        """Return the smallest count whose cumulative probability reaches a share in (0, 1), shape (steps,).

        Raises:
            ValueError: a share outside (0, 1).
        """
        if not 0 < share < 1:
            raise ValueError(f"`share` must lie in (0, 1), but got {share}")
        return np.asarray(
            (np.cumsum(self.pmf, axis=1) < share - 1e-12).sum(axis=1).clip(max=self.most), dtype=np.int64
        )

    def log_likelihood(self, y: NDArray[np.int64]) -> _Array:
        """Return the log probability of what happened, shape (steps,); counts above `most` take the last column."""
        columns = np.minimum(y, self.most)
        return self.log_pmf[np.arange(len(self)), columns]


def most_needed(largest: int) -> int:
    """Return how far to tabulate when the largest count seen is given: far enough that hardly anything lies beyond.

    Example:
        >>> most_needed(8)
        26
    """
    return 2 * largest + 10
