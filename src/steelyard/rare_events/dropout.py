"""Monte Carlo dropout: how much of a forecast's uncertainty is the network's own."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.rare_events.asking import gathered, outcomes
from steelyard.rare_events.forecast import Forecast
from steelyard.rare_events.forecaster import RareEventForecaster

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DropoutForecast:
    """What a network says with its dropout left on.

    Args:
        forecast: the mean of the drawn distributions.
        mean: mean of the drawn expected counts, shape (steps,).
        model_sd: their standard deviation: what the network isn't sure of, shape (steps,).
        noise_sd: root mean squared error of the expected count on the part aside, by horizon, shape (steps,).
        lower: lower end of the interval, at least 0, shape (steps,).
        upper: upper end, shape (steps,).
    """

    forecast: Forecast
    mean: _Array
    model_sd: _Array
    noise_sd: _Array
    lower: _Array
    upper: _Array


class DropoutIntervals:
    """Make intervals of a fitted forecaster as Zhu and Laptev (2017, section III) do.

    The network is asked `samples` times with its dropout on; the spread of the answers is the model's uncertainty, the squared
    error on a part kept aside the noise, and the interval is mean +- z sqrt(model_sd^2 + noise_sd^2).

    Departures: dropout is on the encoder's state, as in training, not inside the LSTM; ends below 0 are cut off.

    When it is wrong: the interval is that of a normal distribution with one noise for all steps of a horizon. On counts that are
    mostly 0 it is too wide on quiet steps and too narrow before events: `ConformalIntervals`, or the forecast's own quantiles,
    say more. It is what people use, and here to compare with.

    Args:
        model: fitted, with dropout above 0.
        samples: how often the network is asked, at least 2.
        coverage: of the interval, in (0, 1).
        seed: of the dropout.

    Example:
        >>> from steelyard.rare_events import simulate
        >>> series = simulate(steps=600, seed=0).series
        >>> model = RareEventForecaster(window=7, hidden=8, epochs=2).fit(series.before(series.ds[500]))
        >>> intervals = DropoutIntervals(model, samples=20).fit(series.before(series.ds[500]), start=series.ds[400])
        >>> found = intervals.predict(series, start=series.ds[500])
        >>> bool((found.model_sd > 0).all() and (found.lower <= found.upper).all())
        True
    """

    def __init__(
        self, model: RareEventForecaster, *, samples: int = 100, coverage: float = 0.9, seed: int = 0
    ) -> None:
        if samples < 2:
            raise InputError(f"`samples` must be at least 2, but got {samples}")
        if not 0 < coverage < 1:
            raise InputError(f"`coverage` must lie in (0, 1), but got {coverage}")
        if not model.dropout > 0:
            raise InputError(
                f"the forecaster must have been fitted with dropout above 0, but has {model.dropout}; without it every sample is the same"
            )
        self.model, self.samples, self.coverage, self.seed = model, samples, coverage, seed

    def fit(self, source: Any, *, start: Any) -> Self:
        """Learn the noise on a part that the model was not trained on, from `start` to the series' ends.

        Raises:
            InputError: what `RareEventForecaster.predict` raises; a part too short to have every horizon.
        """
        forecast = self.model.predict(source, start=start)
        errors = (outcomes(forecast, source) - forecast.mean) ** 2
        self.noise_sd_: dict[int, float] = {}
        for ahead in range(1, self.model.horizon + 1):
            rows = forecast.horizon == ahead
            if not rows.any():
                raise InputError(
                    f"the part aside must have steps of every horizon, but has none of horizon {ahead}; let it start earlier"
                )
            self.noise_sd_[ahead] = float(np.sqrt(errors[rows].mean()))
        return self

    def predict(self, source: Any, *, start: Any = None, every: int = 1) -> DropoutForecast:
        """Return forecasts and intervals; arguments as for `RareEventForecaster.predict`.

        Raises:
            InputError: not fitted, or what `RareEventForecaster.predict` raises.
        """
        if not hasattr(self, "noise_sd_"):
            raise InputError("the intervals must be fitted before they predict; call `fit` first")
        generator = torch.Generator(device=self.model.device).manual_seed(self.seed)
        total: _Array | None = None
        means = []
        for _ in range(self.samples):
            asked, outputs = self.model.outputs(source, start=start, every=every, generator=generator)
            drawn = gathered(asked, self.model.read(outputs))
            means.append(drawn.mean)
            total = drawn.pmf if total is None else total + drawn.pmf
        assert total is not None
        forecast = gathered(asked, np.log(total / self.samples))
        mean, model_sd = np.mean(means, axis=0), np.std(means, axis=0, ddof=1)
        noise_sd = np.array([self.noise_sd_[ahead] for ahead in forecast.horizon.tolist()])
        reach = NormalDist().inv_cdf((1 + self.coverage) / 2) * np.hypot(model_sd, noise_sd)
        return DropoutForecast(
            forecast=forecast,
            mean=mean,
            model_sd=model_sd,
            noise_sd=noise_sd,
            lower=np.maximum(mean - reach, 0.0),
            upper=mean + reach,
        )
