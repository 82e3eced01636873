"""What a backtest leaves: every forecast of every fold, and what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.dates import Dates
from steelyard.data.series import CountSeries
from steelyard.rare_events.forecast import Forecast


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoldForecasts:
    """One fold: what was forecast from one training, by every forecaster.

    Args:
        index: from 0.
        start: date (or position) of the first origin; the training ends before it.
        origins: how many dates were forecast from.
        trained_steps: steps of all series that the training knew.
        trained_until: the last date that it knew.
        trained_events: steps with an event that it knew.
        origin_ds: the date of each forecast's origin, shape (forecasts,).
        forecasts: by forecaster, all of the same steps in the same order.
        y: what happened on them, shape (forecasts,).
    """

    index: int
    start: Any
    origins: int
    trained_steps: int
    trained_until: Any
    trained_events: int
    origin_ds: Dates
    forecasts: Mapping[str, Forecast]
    y: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Backtest:
    """A finished backtest.

    Args:
        series: all series, whole.
        horizon: how many steps ahead were forecast.
        every: distance of the origins, in dates.
        window: dates that trainings went back; None: all there were.
        forecasters: their names, in the order they were given, then the references that were added.
        folds: in the order of time.
        reused: how many fits were found in the folder and not run.
    """

    series: tuple[CountSeries, ...]
    horizon: int
    every: int
    window: int | None
    forecasters: tuple[str, ...]
    folds: tuple[FoldForecasts, ...]
    reused: int = 0

    def __len__(self) -> int:
        """Return how many steps were forecast, each by every forecaster."""
        return len(self.y)

    @property
    def y(self) -> NDArray[np.int64]:
        """Return what happened, fold after fold, shape (forecasts,)."""
        return np.concatenate([fold.y for fold in self.folds])

    @property
    def origin_ds(self) -> Dates:
        """Return the date of each forecast's origin, shape (forecasts,)."""
        return np.concatenate([fold.origin_ds for fold in self.folds])

    @property
    def ahead(self) -> NDArray[np.int64]:
        """Return how many steps ahead each forecast looks, shape (forecasts,)."""
        return self.each(self.forecasters[0], lambda forecast, _: forecast.horizon)

    @property
    def ds(self) -> Dates:
        """Return the date that is forecast, shape (forecasts,)."""
        return self.each(self.forecasters[0], lambda forecast, _: forecast.ds)

    @property
    def unique_id(self) -> NDArray[np.str_]:
        """Return the series of each forecast, shape (forecasts,)."""
        return self.each(self.forecasters[0], lambda forecast, _: forecast.unique_id)

    @property
    def base_rate_before(self) -> float:
        """Return the share of steps with an event that the first training knew."""
        return self.folds[0].trained_events / self.folds[0].trained_steps

    def each(self, forecaster: str, read: Callable[[Forecast, NDArray[np.int64]], Any]) -> NDArray[Any]:
        """Return what `read` makes of each fold's forecasts and counts, fold after fold.

        Folds are read one by one, since their tables of counts end at different counts, each "that one or more".

        Args:
            forecaster: which one's forecasts.
            read: gets a `Forecast` and the counts; returns a row for each.

        Example:
            >>> from steelyard.rare_events import simulate
            >>> from steelyard.rare_events.backtest import backtest
            >>> result = backtest(simulate(steps=300, seed=0).series, {}, start="2000-10-01")
            >>> bool(result.each("markov", lambda forecast, y: forecast.p_event).mean() < 0.5)
            True
        """
        return np.concatenate([np.asarray(read(fold.forecasts[forecaster], fold.y)) for fold in self.folds])
