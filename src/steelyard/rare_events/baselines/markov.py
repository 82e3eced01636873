"""Markov: what followed, in the past, on a day like yesterday."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.data.series import CountSeries
from steelyard.errors import InputError
from steelyard.rare_events.baselines.asking import forecast_each, yesterdays
from steelyard.rare_events.baselines.strength import StrengthByYesterday, hurdle_log_pmf
from steelyard.rare_events.coerce import as_series
from steelyard.rare_events.forecast import Forecast, most_needed


class Markov:
    """Forecast what followed a quiet day, a weaker event or a stronger one (split at the median strength).

    Attributes:
        p_event_: P(event) after each of the three, shape (3,).

    Example:
        >>> from steelyard.rare_events import simulate
        >>> known = simulate(steps=3000, seed=0)
        >>> model = Markov().fit(known.series)
        >>> bool(model.p_event_[0] < model.p_event_[1])
        True
    """

    def fit(self, source: Any) -> Self:
        """Learn what followed what from history."""
        series = as_series(source)
        today = np.concatenate([each.y[1:] for each in series])
        yesterday = np.concatenate([each.y[:-1] for each in series])
        self.most_ = most_needed(int(max(each.y.max() for each in series)))
        self.strength_ = StrengthByYesterday(yesterday, today, most=self.most_)
        classes = self.strength_.classes(yesterday)
        overall = (today > 0).mean()
        followed = [today[classes == each] > 0 for each in range(3)]
        self.p_event_ = np.array([(hits.sum() + overall) / (len(hits) + 1) for hits in followed])
        return self

    def predict(self, source: Any, *, start: Any = None) -> Forecast:
        """Return forecasts of the steps from `start` on; of the one step after the end when `start` is None."""
        if not hasattr(self, "p_event_"):
            raise InputError("the forecaster must be fitted before it predicts; call `fit` first")
        return forecast_each(source, start=start, log_pmf=self._log_pmf)

    def _log_pmf(
        self, series: CountSeries, rows: NDArray[np.int64], dates: NDArray[Any]
    ) -> NDArray[np.float64]:
        del dates
        classes = self.strength_.classes(yesterdays(series, rows))
        return hurdle_log_pmf(self.p_event_[classes], self.strength_.pmf[classes])
