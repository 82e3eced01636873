"""Lagged logistic: P(event) from the last 15 counts, the season and covariates, the strength from the last count."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.data.series import CountSeries
from steelyard.errors import InputError
from steelyard.rare_events.asking import Asked, forecast_each
from steelyard.rare_events.baselines.strength import StrengthByYesterday, hurdle_log_pmf
from steelyard.rare_events.coerce import as_series, check_history
from steelyard.rare_events.covariates import covariates_of
from steelyard.rare_events.features import cycle_angles
from steelyard.rare_events.forecast import Forecast, most_needed


class LaggedLogistic:
    """Forecast P(event) by logistic regression (scikit-learn, L2) on lagged counts; strengths by what the last count was.

    The inputs are, for each lag, whether there was an event and log1p(count), sine and cosine of the day of the year, the past
    covariates of the last known step, the known ones of the step that is forecast, and the static features. Every horizon has a
    regression of its own, and its own table of strengths (a direct forecast).

    Args:
        horizon: how many steps ahead it forecasts.
        lags: how many past steps are inputs.
        penalty_c: scikit-learn's `C`, the inverse of the L2 penalty on standardised inputs.

    Example:
        >>> from steelyard.rare_events import simulate
        >>> known = simulate(steps=3000, seed=0)
        >>> forecast = LaggedLogistic(lags=5).fit(known.series).predict(known.series, start="2007-01-01")
        >>> bool(np.corrcoef(forecast.p_event, known.oracle.p_event[-len(forecast):])[0, 1] > 0.95)
        True
    """

    def __init__(self, *, horizon: int = 1, lags: int = 15, penalty_c: float = 0.1) -> None:
        self.horizon = horizon
        self.lags = lags
        self.penalty_c = penalty_c

    def fit(self, source: Any) -> Self:
        """Learn weights and strengths from history.

        Raises:
            InputError: a history with fewer than two steps after the lags, or without both events and quiet steps; series that
                don't all have the same covariates.
        """
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import
        from sklearn.pipeline import make_pipeline  # noqa: PLC0415 - slow to import
        from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 - slow to import

        series = as_series(source)
        check_history(series, horizon=self.horizon)
        self.most_ = most_needed(int(max(each.y.max() for each in series)))
        self.covariates_ = covariates_of(series)
        self.models_, self.strengths_ = [], []
        for ahead in range(1, self.horizon + 1):
            asked = [_all_of(each, first=self.lags, ahead=ahead) for each in series]
            events = np.concatenate([each.series.y[each.row] for each in asked]) > 0
            if not 0 < events.sum() < len(events):
                raise InputError(
                    f"the history must have events and quiet steps after the first {self.lags + ahead - 1}, but {int(events.sum())} of "
                    f"{len(events)} steps have an event; give a longer history"
                )
            model = make_pipeline(StandardScaler(), LogisticRegression(C=self.penalty_c, max_iter=1000))
            self.models_.append(model.fit(np.concatenate([self._inputs(each) for each in asked]), events))
            before = np.concatenate([each.y[: max(len(each) - ahead, 0)] for each in series])
            after = np.concatenate([each.y[ahead:] for each in series])
            self.strengths_.append(StrengthByYesterday(before, after, most=self.most_))
        return self

    def predict(self, source: Any, *, start: Any = None, every: int = 1) -> Forecast:
        """Return forecasts from the origins from `start` on; from the end of each series when `start` is None."""
        if not hasattr(self, "models_"):
            raise InputError("the forecaster must be fitted before it predicts; call `fit` first")
        return forecast_each(source, start=start, horizon=self.horizon, every=every, log_pmf=self._log_pmf)

    def _inputs(self, asked: Asked) -> NDArray[np.float64]:
        lagged = np.stack([asked.counts(lag=lag) for lag in range(1, self.lags + 1)], axis=1)
        angle = cycle_angles(asked.ds, "year")
        waves = [wave(order * angle) for order in (1, 2) for wave in (np.sin, np.cos)]
        beside = self.covariates_.inputs(asked.series, origin=asked.origin, row=asked.row)
        return np.column_stack([lagged > 0, np.log1p(lagged), *waves, beside])

    def _log_pmf(self, asked: Asked) -> NDArray[np.float64]:
        p, strength = np.zeros(len(asked.row)), np.zeros((len(asked.row), self.most_))
        inputs, last = self._inputs(asked), asked.counts()
        for ahead, (model, table) in enumerate(zip(self.models_, self.strengths_, strict=True), start=1):
            rows = asked.horizon == ahead
            if rows.any():
                p[rows] = model.predict_proba(inputs[rows])[:, 1]
                strength[rows] = table.pmf[table.classes(last[rows])]
        return hurdle_log_pmf(p, strength)


def _all_of(series: CountSeries, *, first: int, ahead: int) -> Asked:
    """Return every forecast one distance ahead whose outcome the series has, from origin `first` on."""
    origin = np.arange(min(first, len(series)), len(series) - ahead + 1)
    return Asked(
        series=series,
        origin=origin,
        horizon=np.full(len(origin), ahead),
        ds=series.ds[origin + ahead - 1],
    )
