"""Hurdle gradient boosting: trees for whether, trees for how much, the two joined as a hurdle."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.rare_events.asking import Asked, asked_inside, asked_of, gathered
from steelyard.rare_events.baselines.smoothing import fit_size, strengths_at
from steelyard.rare_events.baselines.strength import hurdle_log_pmf
from steelyard.rare_events.coerce import as_series, check_history
from steelyard.rare_events.covariates import covariates_of
from steelyard.rare_events.features import Features, cycle_angles
from steelyard.rare_events.forecast import Forecast, most_needed

_Array = NDArray[np.float64]
_LEAST_EVENTS = 10


class HurdleBoosting:
    """Forecast by scikit-learn's HistGradientBoosting: a classifier for the event, a Poisson regression for strength - 1.

    One pair of models for all series and horizons. Inputs: the last `lags` counts, exponential averages of event and
    log1p(count), steps since the last event, the horizon, the phase of year and week of the step that is forecast, its known
    covariates, the past ones of the last known step, and the static features. How many trees is decided on the last part of
    the history, then both are fitted again on all of it. Strength, given an event, is one more than a negative binomial count;
    its size is fitted where the trees were chosen.

    Args:
        horizon: how many steps ahead it forecasts.
        lags: how many past counts are inputs.
        most_trees: most trees of each model.
        learning_rate: of both.
        validation_share: last share of the history's dates, on which the number of trees is chosen; 0 to 0.5, both excluded.
        seed: of scikit-learn's models.

    Attributes:
        trees_: trees of the classifier and of the regression.
        size_: the negative binomial's size.

    Example:
        >>> from steelyard.rare_events import simulate
        >>> known = simulate(steps=2000, seed=0)
        >>> model = HurdleBoosting(horizon=2, most_trees=40).fit(known.series)
        >>> model.predict(known.series).p_event.shape
        (2,)
    """

    def __init__(
        self,
        *,
        horizon: int = 1,
        lags: int = 15,
        most_trees: int = 200,
        learning_rate: float = 0.05,
        validation_share: float = 0.2,
        seed: int = 0,
    ) -> None:
        self.horizon = horizon
        self.lags = lags
        self.most_trees = most_trees
        self.learning_rate = learning_rate
        self.validation_share = validation_share
        self.seed = seed

    def fit(self, source: Any) -> Self:
        """Learn both models from history.

        Raises:
            InputError: fewer than 10 events, or fewer than 10 quiet steps, before or after the date from which trees are
                chosen; counts above 1000; series that don't all have the same covariates.
        """
        series = as_series(source)
        check_history(series, horizon=self.horizon)
        dates = np.sort(np.concatenate([each.ds for each in series]))
        cut = dates[int(len(dates) * (1 - self.validation_share))]
        self.covariates_ = covariates_of(series)
        asked = [asked_inside(each, first=1, horizon=self.horizon) for each in series]
        inputs = np.concatenate([self._inputs(each) for each in asked])
        y = np.concatenate([each.series.y[each.row] for each in asked])
        late = np.concatenate([each.ds for each in asked]) >= cut
        for part, counts in (("first", y[~late]), ("last", y[late])):
            events = int((counts > 0).sum())
            if min(events, len(counts) - events) < _LEAST_EVENTS:
                raise InputError(
                    f"the {part} part of the history must have at least {_LEAST_EVENTS} steps with an event and as many without, but "
                    f"{events} of its {len(counts)} steps have one; give a longer history"
                )
        event = y > 0
        happens = self._classifier(self.most_trees).fit(inputs[~late], event[~late])
        nats = [
            -np.log(np.where(event[late], p[:, 1], p[:, 0])).mean()
            for p in happens.staged_predict_proba(inputs[late])
        ]
        strong = self._regression(self.most_trees).fit(inputs[~late & event], y[~late & event] - 1.0)
        excess = y[late & event] - 1.0
        stages = list(strong.staged_predict(inputs[late & event]))
        deviances = [float(np.mean(mean - excess * np.log(mean))) for mean in stages]
        self.size_ = fit_size(y[late & event], 1 + stages[int(np.argmin(deviances))])
        self.trees_ = (int(np.argmin(nats)) + 1, int(np.argmin(deviances)) + 1)
        self.event_ = self._classifier(self.trees_[0]).fit(inputs, event)
        self.strength_ = self._regression(self.trees_[1]).fit(inputs[event], y[event] - 1.0)
        self.most_ = most_needed(int(y.max()))
        return self

    def predict(self, source: Any, *, start: Any = None, every: int = 1) -> Forecast:
        """Return forecasts from the origins from `start` on; from the end of each series when `start` is None."""
        if not hasattr(self, "size_"):
            raise InputError("the forecaster must be fitted before it predicts; call `fit` first")
        asked = list(asked_of(source, start=start, horizon=self.horizon, every=every))
        inputs = np.concatenate([self._inputs(each) for each in asked])
        p = np.asarray(self.event_.predict_proba(inputs)[:, 1], dtype=np.float64)
        mean = 1 + np.asarray(self.strength_.predict(inputs), dtype=np.float64)
        strengths = strengths_at(mean, size=self.size_, most=self.most_)
        return gathered(asked, hurdle_log_pmf(p, strengths))

    def _inputs(self, asked: Asked) -> _Array:
        lagged = [asked.counts(lag=lag) for lag in range(1, self.lags + 1)]
        averages = Features(memory=(3.0, 27.0, 365.0), seasons=()).table(asked.series, ahead=True)[
            asked.origin, 2:
        ]
        cycles = [
            wave(cycle_angles(asked.ds, cycle)) for cycle in ("year", "week") for wave in (np.sin, np.cos)
        ]
        beside = self.covariates_.inputs(asked.series, origin=asked.origin, row=asked.row)
        return np.column_stack([*lagged, averages, _since(asked), asked.horizon, *cycles, beside])

    def _classifier(self, trees: int) -> Any:
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - slow to import

        return HistGradientBoostingClassifier(max_iter=trees, **self._shape())

    def _regression(self, trees: int) -> Any:
        from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415 - slow to import

        return HistGradientBoostingRegressor(loss="poisson", max_iter=trees, **self._shape())

    def _shape(self) -> dict[str, Any]:
        return {
            "learning_rate": self.learning_rate,
            "max_leaf_nodes": 15,
            "min_samples_leaf": 20,
            "early_stopping": False,
            "random_state": self.seed,
        }


def _since(asked: Asked) -> NDArray[np.int64]:
    """Return how many steps lie between each origin and the last event before it; the origin itself where there was none."""
    rows = np.arange(1, len(asked.series) + 1)
    last = np.concatenate([[0], np.maximum.accumulate(np.where(asked.series.y > 0, rows, 0))])
    return np.asarray(asked.origin - last[asked.origin], dtype=np.int64)
