"""What Croston's method and its children share: two smoothed levels a series, read as a distribution."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.data.series import CountSeries
from steelyard.errors import InputError
from steelyard.rare_events.asking import Asked, forecast_each
from steelyard.rare_events.baselines.smoothing import fit_size, levels, strengths_at
from steelyard.rare_events.baselines.strength import hurdle_log_pmf
from steelyard.rare_events.coerce import as_series, check_history
from steelyard.rare_events.forecast import Forecast, most_needed

_Array = NDArray[np.float64]
_GAINS = (0.01, 0.03, 0.1, 0.3)
_CERTAIN = 1 - 1e-3


class IntermittentDemand(ABC):
    """Smooths how often and how much, series by series; the forecast is the same for every horizon.

    The published methods forecast a mean only. Here P(event) is their rate of events, and the strength, given an event, is one
    more than a negative binomial count whose mean is their smoothed strength and whose size is fitted on the history, so
    that the mean of the distribution is the published forecast.

    Levels start at the frequency and mean strength of the whole fitted history, so that a series' first steps, and a new
    series, have a sensible forecast.

    Args:
        horizon: how many steps ahead it forecasts.
        occurrence_gain: share of each surprise in how often that is believed, 0 to 1; None chooses among .01, .03, .1 and .3 by
            the one-step log score on the history.
        strength_gain: the same for how much.

    Attributes:
        occurrence_gain_: the one used.
        strength_gain_: the one used.
        size_: the negative binomial's size.
    """

    def __init__(
        self, *, horizon: int = 1, occurrence_gain: float | None = None, strength_gain: float | None = None
    ) -> None:
        self.horizon = horizon
        self.occurrence_gain = occurrence_gain
        self.strength_gain = strength_gain

    @abstractmethod
    def rates(self, y: NDArray[np.int64], *, gain: float, initial: float) -> _Array:
        """Return P(event) at each origin 0 .. steps, shape (steps + 1,), from counts (steps,)."""

    def fit(self, source: Any) -> Self:
        """Learn starting levels, gains and the spread of strengths from history.

        Raises:
            InputError: gains outside (0, 1]; a history without an event; counts above 1000.
        """
        for name in ("occurrence_gain", "strength_gain"):
            gain = getattr(self, name)
            if gain is not None and not 0 < gain <= 1:
                raise InputError(f"`{name}` must lie in (0, 1], but got {gain}")
        series = as_series(source)
        check_history(series, horizon=self.horizon)
        y = np.concatenate([each.y for each in series])
        if not (y > 0).any():
            raise InputError(
                f"the history must have an event, but all of its {len(y)} counts are 0; give more data"
            )
        self.most_ = most_needed(int(y.max()))
        self.rate_ = float(((y > 0).sum() + 0.5) / (len(y) + 1))
        self.mean_strength_ = float(y[y > 0].mean())
        events = y > 0
        strengths = y[events]
        rate_gains = _GAINS if self.occurrence_gain is None else (self.occurrence_gain,)
        strength_gains = _GAINS if self.strength_gain is None else (self.strength_gain,)
        self.occurrence_gain_ = min(rate_gains, key=lambda gain: self._occurrence_nats(series, events, gain))
        found = []
        for gain in strength_gains:
            mean = np.concatenate([self._strengths(each, gain)[:-1] for each in series])[events]
            size = fit_size(strengths, mean)
            pmf = strengths_at(mean, size=size, most=self.most_)
            found.append((-float(np.log(pmf[np.arange(len(mean)), strengths - 1]).sum()), gain, size))
        _, self.strength_gain_, self.size_ = min(found)
        return self

    def predict(self, source: Any, *, start: Any = None, every: int = 1) -> Forecast:
        """Return forecasts from the origins from `start` on; from the end of each series when `start` is None."""
        if not hasattr(self, "size_"):
            raise InputError("the forecaster must be fitted before it predicts; call `fit` first")
        return forecast_each(source, start=start, horizon=self.horizon, every=every, log_pmf=self._log_pmf)

    def _log_pmf(self, asked: Asked) -> _Array:
        origins, place = np.unique(asked.origin, return_inverse=True)
        p = self._rates(asked.series, self.occurrence_gain_)[origins]
        mean = self._strengths(asked.series, self.strength_gain_)[origins]
        distributions = hurdle_log_pmf(p, strengths_at(mean, size=self.size_, most=self.most_))
        return np.asarray(distributions[place], dtype=np.float64)

    def _rates(self, series: CountSeries, gain: float) -> _Array:
        return np.clip(self.rates(series.y, gain=gain, initial=self.rate_), 1e-6, _CERTAIN)

    def _strengths(self, series: CountSeries, gain: float) -> _Array:
        """Return the smoothed strength at each origin, shape (steps + 1,); only events change it."""
        y = series.y.astype(np.float64)
        known = np.concatenate([[0], np.cumsum(y > 0)])
        after_events = levels(y[y > 0], gain=gain, initial=self.mean_strength_)
        return np.asarray(after_events[known], dtype=np.float64)

    def _occurrence_nats(
        self, series: tuple[CountSeries, ...], events: NDArray[np.bool_], gain: float
    ) -> float:
        p = np.concatenate([self._rates(each, gain)[:-1] for each in series])
        return float(-np.log(np.where(events, p, 1 - p)).sum())
