"""Forecasters of other packages, given the three methods of ours and asked for whole distributions (imported by `rare_events.py`).

The methods of `statsforecast` and a Tweedie regression forecast a mean only. A mean m becomes a distribution the same way for all:
logit P(event) = a + b log m; strength, given an event, is one more than a negative binomial count of mean exp(c + d log m) and one
size; the five numbers are fitted by likelihood on one-step forecasts of the history. That can only help a peer: a = b = 0 forgets
what it said, and a bias is corrected.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import nbinom

from steelyard.data.series import CountSeries
from steelyard.rare_events import Forecast
from steelyard.rare_events.asking import asked_of, gathered
from steelyard.rare_events.baselines.smoothing import fit_size, strengths_at
from steelyard.rare_events.baselines.strength import hurdle_log_pmf
from steelyard.rare_events.features import Features
from steelyard.rare_events.forecast import most_needed
from steelyard.rare_events.logit import fit_logit, probabilities

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
_LEAST_MEAN = 1e-3
_VALIDATION_SHARE = 0.15


class AroundMean:
    """Distributions around mean forecasts; see the module."""

    def fit(self, mean: Array, y: Counts) -> Self:
        """Fit the five numbers to one-step forecasts and what happened."""
        inputs, event = self._inputs(mean), y > 0
        self.event = fit_logit(inputs, event.astype(np.float64))
        strong, excess = inputs[event], y[event] - 1

        def nats(numbers: Array) -> float:
            centre, size = np.exp(np.clip(strong @ numbers[:2], -10, 7)), np.exp(numbers[2])
            return float(-nbinom.logpmf(excess, size, size / (size + centre)).mean())

        start = np.array([np.log(max(float(excess.mean()), 1e-3)), 0.0, 0.0])
        self.strength = minimize(nats, start, method="Nelder-Mead", options={"maxiter": 400}).x
        self.most = most_needed(int(y.max()))
        return self

    def log_pmf(self, mean: Array) -> Array:
        """Return log P(count = k), shape (forecasts, most + 1)."""
        inputs = self._inputs(mean)
        centre = 1 + np.exp(np.clip(inputs @ self.strength[:2], -10, 7))
        strengths = strengths_at(centre, size=float(np.exp(self.strength[2])), most=self.most)
        return hurdle_log_pmf(probabilities(inputs, self.event), strengths)

    def nats(self, mean: Array, y: Counts) -> float:
        """Return the log score on what happened."""
        return -float(self.log_pmf(mean)[np.arange(len(y)), np.minimum(y, self.most)].mean())

    def _inputs(self, mean: Array) -> Array:
        return np.column_stack([np.ones(len(mean)), np.log(np.maximum(mean, _LEAST_MEAN))])


class StatsForecastMethod:
    """TSB, CrostonClassic or CrostonSBA of `statsforecast`, series by series.

    `fitted=True` gives the one-step forecast of every row from the rows before it, which is what a rolling origin asks for and
    costs one pass a series. Both gains of TSB are one of .01, .03, .1 and .3, by the log score on the history.
    """

    def __init__(self, method: str) -> None:
        self.method = method

    def fit(self, source: tuple[CountSeries, ...]) -> Self:
        """Choose gains and fit the distribution around the mean, on the later three quarters of each series."""
        y = np.concatenate([each.y[len(each) // 4 :] for each in source])
        found = []
        for gain in (0.01, 0.03, 0.1, 0.3) if self.method == "TSB" else (None,):
            means = [self._means(each, gain)[len(each) // 4 :] for each in source]
            mean = np.concatenate(means)
            known = np.isfinite(mean)
            around = AroundMean().fit(mean[known], y[known])
            found.append((around.nats(mean[known], y[known]), len(found), gain, around))
        _, _, self.gain, self.around = min(found)
        return self

    def predict(self, source: tuple[CountSeries, ...], *, start: Any) -> Forecast:
        """Return forecasts one step ahead from `start` on."""
        asked = list(asked_of(source, start=start, horizon=1))
        means = np.concatenate([self._means(each.series, self.gain)[each.origin] for each in asked])
        return gathered(asked, self.around.log_pmf(means))

    def check(self, series: CountSeries, *, origin: int) -> None:
        """Check that a row's fitted value is the forecast from the rows before it."""
        ahead = self._model(self.gain).forecast(y=series.y[:origin].astype(np.float64), h=1)["mean"][0]
        fitted = self._means(series, self.gain)[origin]
        if not np.isclose(ahead, fitted, rtol=1e-4):
            raise AssertionError(
                f"{self.method} forecasts {ahead} at {origin}, but its fitted value is {fitted}"
            )

    def _means(self, series: CountSeries, gain: float | None) -> Array:
        found = self._model(gain).forecast(y=series.y.astype(np.float64), h=1, fitted=True)
        return np.asarray(found["fitted"], dtype=np.float64)

    def _model(self, gain: float | None) -> Any:
        from statsforecast import models

        return (
            models.TSB(alpha_d=gain, alpha_p=gain) if self.method == "TSB" else getattr(models, self.method)()
        )


class LightGBM:
    """Gradient-boosted trees on lags, averages, calendar and what the series was like so far: a hurdle, or a Tweedie mean.

    The number of trees, and Tweedie's power (1.1, 1.3 or 1.5, by the log score), are chosen on the last 15% of the history's dates;
    the hurdle's size is fitted there too. Then the trees are grown again on all of the history, and the distribution around
    Tweedie's mean is fitted on all of it: fitted on the last 15% alone it is worse on the storms (.408).
    """

    def __init__(self, kind: str, *, lags: int = 15) -> None:
        self.kind, self.lags = kind, lags

    def fit(self, source: tuple[CountSeries, ...]) -> Self:
        """Grow the trees."""
        inputs = np.concatenate([self._inputs(each)[1:-1] for each in source])
        y = np.concatenate([each.y[1:] for each in source])
        ds = np.concatenate([each.ds[1:] for each in source])
        late = ds >= np.sort(ds)[int(len(ds) * (1 - _VALIDATION_SHARE))]
        event = y > 0
        self.most = most_needed(int(y.max()))
        if self.kind == "tweedie":
            found = []
            for power in (1.1, 1.3, 1.5):
                mean, held_out = self._grown("tweedie", inputs, y, late, power=power)
                nats = AroundMean().fit(held_out, y[late]).nats(held_out, y[late])
                found.append((nats, power, mean))
            self.mean = min(found)[-1]
            self.around = AroundMean().fit(_said(self.mean, inputs), y)
        else:
            self.event, _ = self._grown("binary", inputs, event.astype(np.int64), late)
            self.strength, excess = self._grown("poisson", inputs[event], y[event] - 1, late[event])
            self.size = fit_size(y[late & event], 1 + excess)
        return self

    def predict(self, source: tuple[CountSeries, ...], *, start: Any) -> Forecast:
        """Return forecasts one step ahead from `start` on."""
        asked = list(asked_of(source, start=start, horizon=1))
        inputs = np.concatenate([self._inputs(each.series)[each.origin] for each in asked])
        if self.kind == "tweedie":
            return gathered(asked, self.around.log_pmf(_said(self.mean, inputs)))
        strengths = strengths_at(1 + _said(self.strength, inputs), size=self.size, most=self.most)
        return gathered(asked, hurdle_log_pmf(_said(self.event, inputs), strengths))

    def _grown(
        self, objective: str, inputs: Array, y: Counts, late: NDArray[np.bool_], *, power: float = 1.5
    ) -> tuple[Any, Array]:
        """Return trees grown on everything, and what those of the early part said of the late one."""
        import lightgbm

        shape = {
            "objective": objective,
            "tweedie_variance_power": power,
            "learning_rate": 0.05,
            "num_leaves": 15,
            "min_data_in_leaf": 20,
            "seed": 0,
            "verbose": -1,
            "num_threads": 1,
        }
        early, later = lightgbm.Dataset(inputs[~late], y[~late]), lightgbm.Dataset(inputs[late], y[late])
        stop = [lightgbm.early_stopping(20, verbose=False)]
        first = lightgbm.train(shape, early, 400, valid_sets=[later], callbacks=stop)
        held_out = _said(first, inputs[late])
        return lightgbm.train(shape, lightgbm.Dataset(inputs, y), max(1, first.best_iteration)), held_out

    def _inputs(self, series: CountSeries) -> Array:
        """Return the inputs at each origin, shape (steps + 1, inputs)."""
        y, rows = series.y.astype(np.float64), np.arange(len(series) + 1)
        lagged = np.zeros((len(rows), self.lags))
        for lag in range(1, min(self.lags, len(y)) + 1):
            lagged[lag:, lag - 1] = y[: len(y) + 1 - lag]
        known = np.maximum(rows, 1)
        level = np.concatenate([[0.0], np.cumsum(y)]) / known
        share = np.concatenate([[0.0], np.cumsum(y > 0)]) / known
        last = np.concatenate([[0], np.maximum.accumulate(np.where(y > 0, rows[1:], 0))])
        return np.column_stack([lagged, level, share, rows, rows - last, _features(series)])


class DeepAR:
    """DeepAR of `neuralforecast` with its own negative binomial distribution, one network for all series."""

    def __init__(self, *, input_size: int, steps: int) -> None:
        self.input_size, self.steps = input_size, steps

    def fit(self, source: tuple[CountSeries, ...]) -> Self:
        """Train, stopping on the history's last part."""
        from neuralforecast import NeuralForecast
        from neuralforecast.losses.pytorch import DistributionLoss
        from neuralforecast.models import DeepAR as Network

        loss = DistributionLoss("NegativeBinomial", level=[90], return_params=True)
        late = max(2, int(max(map(len, source)) * _VALIDATION_SHARE))
        enough = tuple(each for each in source if len(each) >= late + self.input_size)
        network = Network(
            h=1,
            input_size=self.input_size,
            loss=loss,
            valid_loss=loss,
            lstm_n_layers=1,
            lstm_hidden_size=32,
            trajectory_samples=10,
            max_steps=self.steps,
            val_check_steps=max(1, self.steps // 10),
            early_stop_patience_steps=3,
            learning_rate=0.005,
            random_seed=0,
            accelerator="cpu",
            devices=1,
            logger=False,
            enable_progress_bar=False,
            enable_checkpointing=False,
            enable_model_summary=False,
        )
        self.forecaster = NeuralForecast([network], freq=_FREQUENCIES[source[0].step])
        self.forecaster.fit(_long(enough), val_size=late)
        self.most = most_needed(max(int(each.y.max()) for each in source))
        return self

    def predict(self, source: tuple[CountSeries, ...], *, start: Any) -> Forecast:
        """Return forecasts one step ahead from `start` on; every series must end on one date."""
        asked = list(asked_of(source, start=start, horizon=1))
        windows = len(asked[0].origin)
        said = self.forecaster.cross_validation(
            _long(source), n_windows=windows, step_size=1, refit=False, use_fitted=True
        )
        said = said.set_index(["unique_id", "ds"])
        chosen = said.loc[[(each.series.unique_id, ds) for each in asked for ds in each.ds]]
        size = chosen["DeepAR-total_count"].to_numpy(dtype=np.float64)[:, None]
        chance = (
            1 - chosen["DeepAR-logits"].to_numpy(dtype=np.float64)[:, None]
        )  # a probability, despite its name
        log_pmf = nbinom.logpmf(np.arange(self.most + 1), size, chance)
        log_pmf[:, -1] = nbinom.logsf(self.most - 1, size[:, 0], chance[:, 0])
        return gathered(asked, np.maximum(log_pmf, -700.0))


_FREQUENCIES = {"daily": "D", "monthly": "MS"}


def _long(source: tuple[CountSeries, ...]) -> Any:
    import pandas as pd

    return pd.DataFrame(
        {
            "unique_id": np.repeat([each.unique_id for each in source], [len(each) for each in source]),
            "ds": np.concatenate([each.ds for each in source]),
            "y": np.concatenate([each.y for each in source]).astype(np.float64),
        }
    )


def _features(series: CountSeries) -> Array:
    """Return averages and the phase of the year at each origin, shape (steps + 1, inputs)."""
    columns: Array = Features(memory=(3.0, 27.0, 365.0), seasons=("year",)).table(series, ahead=True)
    return columns[:, 2:]


def _said(model: Any, inputs: Array) -> Array:
    return np.asarray(model.predict(inputs), dtype=np.float64)
