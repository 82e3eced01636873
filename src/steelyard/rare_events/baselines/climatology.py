"""Climatology: how often and how strong at this time of the year, whatever happened yesterday."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.rare_events.asking import Asked, forecast_each
from steelyard.rare_events.baselines.strength import hurdle_log_pmf, strength_pmf
from steelyard.rare_events.coerce import as_series, check_history
from steelyard.rare_events.features import cycle_angles
from steelyard.rare_events.forecast import Forecast, most_needed
from steelyard.rare_events.logit import fit_logit, probabilities


class Climatology:
    """Forecast the season's frequency of events, and the strengths of all past ones.

    The frequency is a logistic regression on sines and cosines of the day of the year. Whether the season is used at all
    is decided on the last part of the history: when it doesn't lower the log score there, the overall frequency is used.

    Args:
        horizon: how many steps ahead it forecasts.
        harmonics: sines and cosines of the year.
        validation_share: last share of the history on which season and no season are compared.

    Attributes:
        seasonal_: whether the season is used.

    Example:
        >>> from steelyard.rare_events import simulate
        >>> known = simulate(steps=3000, seed=0, season=2.0)
        >>> model = Climatology().fit(known.series)
        >>> p = model.predict(known.series, start="2007-06-01").p_event
        >>> model.seasonal_, round(float(p.min()), 1), round(float(p.max()), 1)
        (True, 0.0, 0.8)
    """

    def __init__(self, *, horizon: int = 1, harmonics: int = 2, validation_share: float = 0.2) -> None:
        self.horizon = horizon
        self.harmonics = harmonics
        self.validation_share = validation_share

    def fit(self, source: Any) -> Self:
        """Learn frequencies and strengths from history."""
        series = as_series(source)
        check_history(series, horizon=self.horizon)
        y = np.concatenate([each.y for each in series])
        dates = np.concatenate([each.ds for each in series])
        events = (y > 0).astype(np.float64)
        waves = self._waves(dates)
        late = dates >= np.sort(dates)[int(len(dates) * (1 - self.validation_share))]
        self.seasonal_ = False
        if dates.dtype.kind == "M" and 0 < events[~late].sum() < (~late).sum():
            flat = _log_score(events[late], np.full(int(late.sum()), _rate(events[~late])))
            curve = _log_score(
                events[late], probabilities(waves[late], fit_logit(waves[~late], events[~late]))
            )
            self.seasonal_ = curve < flat
        self.rate_ = _rate(events)
        self.weights_ = fit_logit(waves, events) if self.seasonal_ else np.zeros(waves.shape[1])
        self.most_ = most_needed(int(y.max()))
        self.strength_ = strength_pmf(y[y > 0], most=self.most_)
        return self

    def predict(self, source: Any, *, start: Any = None, every: int = 1) -> Forecast:
        """Return forecasts from the origins from `start` on; from the end of each series when `start` is None."""
        if not hasattr(self, "strength_"):
            raise InputError("the forecaster must be fitted before it predicts; call `fit` first")
        return forecast_each(source, start=start, horizon=self.horizon, every=every, log_pmf=self._log_pmf)

    def _log_pmf(self, asked: Asked) -> NDArray[np.float64]:
        p = (
            probabilities(self._waves(asked.ds), self.weights_)
            if self.seasonal_
            else np.full(len(asked.row), self.rate_)
        )
        return hurdle_log_pmf(p, np.broadcast_to(self.strength_, (len(asked.row), self.most_)))

    def _waves(self, dates: NDArray[Any]) -> NDArray[np.float64]:
        angle = cycle_angles(dates, "year")
        orders = range(1, self.harmonics + 1)
        waves = [wave(order * angle) for order in orders for wave in (np.sin, np.cos)]
        return np.column_stack([np.ones(len(dates)), *waves])


def _rate(events: NDArray[np.float64]) -> float:
    """Return the frequency with one event and one quiet day added, so that neither is impossible."""
    return float((events.sum() + 1) / (len(events) + 2))


def _log_score(events: NDArray[np.float64], p: NDArray[np.float64]) -> float:
    clipped = np.clip(p, 1e-9, 1 - 1e-9)
    return float(-np.where(events > 0, np.log(clipped), np.log1p(-clipped)).mean())
