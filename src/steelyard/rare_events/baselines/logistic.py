"""Lagged logistic: P(event) from the last 15 counts and the season, the strength from yesterday."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.data.series import CountSeries
from steelyard.errors import InputError
from steelyard.rare_events.baselines.asking import forecast_each, yesterdays
from steelyard.rare_events.baselines.strength import StrengthByYesterday, hurdle_log_pmf
from steelyard.rare_events.coerce import as_series
from steelyard.rare_events.features import cycle_angles
from steelyard.rare_events.forecast import Forecast, most_needed


class LaggedLogistic:
    """Forecast P(event) by logistic regression (scikit-learn, L2) on lagged counts; strengths as `Markov` does.

    The inputs are, for each lag, whether there was an event and log1p(count), and sine and cosine of the day of the year.

    Args:
        lags: how many past steps are inputs.
        penalty_c: scikit-learn's `C`, the inverse of the L2 penalty on standardised inputs.

    Example:
        >>> from steelyard.rare_events import simulate
        >>> known = simulate(steps=3000, seed=0)
        >>> forecast = LaggedLogistic(lags=5).fit(known.series).predict(known.series, start="2007-01-01")
        >>> bool(np.corrcoef(forecast.p_event, known.oracle.p_event[-len(forecast):])[0, 1] > 0.95)
        True
    """

    def __init__(self, *, lags: int = 15, penalty_c: float = 0.1) -> None:
        self.lags = lags
        self.penalty_c = penalty_c

    def fit(self, source: Any) -> Self:
        """Learn weights and strengths from history.

        Raises:
            InputError: a history with fewer than two steps after the lags, or without both events and quiet steps.
        """
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import
        from sklearn.pipeline import make_pipeline  # noqa: PLC0415 - slow to import
        from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 - slow to import

        series = as_series(source)
        inputs, today = [], []
        for each in series:
            rows = np.arange(min(self.lags, len(each)), len(each))
            inputs.append(self._inputs(each, rows, each.ds[rows]))
            today.append(each.y[rows])
        events = np.concatenate(today) > 0
        if not 0 < events.sum() < len(events):
            raise InputError(
                f"the history must have events and quiet steps after the first {self.lags}, but {int(events.sum())} of "
                f"{len(events)} steps have an event; give a longer history"
            )
        self.model_ = make_pipeline(StandardScaler(), LogisticRegression(C=self.penalty_c, max_iter=1000))
        self.model_.fit(np.concatenate(inputs), events)
        self.most_ = most_needed(int(max(each.y.max() for each in series)))
        self.strength_ = StrengthByYesterday(
            np.concatenate([each.y[:-1] for each in series]),
            np.concatenate([each.y[1:] for each in series]),
            most=self.most_,
        )
        return self

    def predict(self, source: Any, *, start: Any = None) -> Forecast:
        """Return forecasts of the steps from `start` on; of the one step after the end when `start` is None."""
        if not hasattr(self, "model_"):
            raise InputError("the forecaster must be fitted before it predicts; call `fit` first")
        return forecast_each(source, start=start, log_pmf=self._log_pmf)

    def _inputs(
        self, series: CountSeries, rows: NDArray[np.int64], dates: NDArray[Any]
    ) -> NDArray[np.float64]:
        lagged = np.stack([yesterdays(series, rows, lag=lag) for lag in range(1, self.lags + 1)], axis=1)
        angle = cycle_angles(dates, "year")
        waves = [wave(order * angle) for order in (1, 2) for wave in (np.sin, np.cos)]
        return np.column_stack([lagged > 0, np.log1p(lagged), *waves])

    def _log_pmf(
        self, series: CountSeries, rows: NDArray[np.int64], dates: NDArray[Any]
    ) -> NDArray[np.float64]:
        p = self.model_.predict_proba(self._inputs(series, rows, dates))[:, 1]
        classes = self.strength_.classes(yesterdays(series, rows))
        return hurdle_log_pmf(np.asarray(p, dtype=np.float64), self.strength_.pmf[classes])
