"""A forecast: for every step the whole distribution of the count, so that every score can be taken from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from steelyard.data.dates import Dates
from steelyard.rare_events.totals import Totals, totals_of

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecast:
    """Probabilities of each count at each step, made from the steps before its origin.

    Args:
        unique_id: the series of each forecast, shape (steps,).
        ds: date (or position) that is forecast, shape (steps,).
        origin: how many of the series' steps the forecast knew, shape (steps,).
        horizon: how many steps ahead it looks, shape (steps,), from 1: row `origin + horizon - 1` of the series is forecast.
        log_pmf: log P(count = k), natural, shape (steps, most + 1), k = 0 .. most; the last column is "most or more". Rows
            sum to 1 in probability.
    """

    unique_id: NDArray[np.str_]
    ds: Dates
    origin: NDArray[np.int64]
    horizon: NDArray[np.int64]
    log_pmf: _Array

    @classmethod
    def one_step(
        cls, log_pmf: _Array, *, unique_id: str = "series", ds: Dates | None = None, origin: int = 0
    ) -> Self:
        """Return forecasts of consecutive steps of one series, each one step ahead.

        Args:
            log_pmf: shape (steps, most + 1).
            unique_id: the series' name.
            ds: dates, shape (steps,); default: positions.
            origin: how many steps the first forecast knew.

        Example:
            >>> Forecast.one_step(np.log([[0.5, 0.25, 0.25]])).p_event.tolist()
            [0.5]
        """
        rows = origin + np.arange(len(log_pmf))
        return cls(
            unique_id=np.full(len(log_pmf), unique_id),
            ds=rows if ds is None else ds,
            origin=rows,
            horizon=np.ones(len(log_pmf), dtype=np.int64),
            log_pmf=np.asarray(log_pmf, dtype=np.float64),
        )

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.log_pmf)

    def __getitem__(self, chosen: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Self:
        """Return some of the forecasts, by mask, rows or slice."""
        return replace(
            self,
            unique_id=self.unique_id[chosen],
            ds=self.ds[chosen],
            origin=self.origin[chosen],
            horizon=self.horizon[chosen],
            log_pmf=self.log_pmf[chosen],
        )

    @property
    def row(self) -> NDArray[np.int64]:
        """Return which row of its series each forecast is of, shape (steps,)."""
        return self.origin + self.horizon - 1

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

    def totals(self) -> Totals:
        """Return the expected count over all steps from each origin, and the bounds of P(any event) there.

        Example:
            >>> from steelyard.rare_events import Markov, simulate
            >>> known = simulate(steps=1000, seed=0)
            >>> week = Markov(horizon=7).fit(known.series).predict(known.series)
            >>> total = week.totals()
            >>> total.steps.tolist(), bool(abs(total.expected[0] - week.mean.sum()) < 1e-12)
            ([7], True)
        """
        return totals_of(unique_id=self.unique_id, origin=self.origin, mean=self.mean, p_event=self.p_event)

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
