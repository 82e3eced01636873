"""The forecaster: an LSTM with heads for whether and how much, fitted and asked like a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
import torch
from numpy.typing import NDArray

from steelyard.data.series import CountSeries
from steelyard.errors import InputError
from steelyard.rare_events.asking import Asked, forecast_each, outcomes
from steelyard.rare_events.coerce import as_series, check_training
from steelyard.rare_events.features import Features, Season
from steelyard.rare_events.forecast import Forecast, most_needed
from steelyard.rare_events.model import SharedEncoder
from steelyard.rare_events.objectives import Heads, Loss, Objective, objective
from steelyard.rare_events.saving import Fitted, read_fitted, write_fitted
from steelyard.rare_events.training import Epoch, Part, TrainingPlan, outputs_at, train

_PARAMETERS = (
    "heads", "loss", "window", "hidden", "memory", "seasons", "epochs", "patience", "learning_rate", "weight_decay", "dropout",
    "batch_size", "span", "validation_share", "seed", "device",
)  # fmt: skip


class RareEventForecaster:
    """Forecast the next step's count: the probability of an event, the distribution of its strength, and both together.

    Every forecast is one step ahead and knows the counts before its step and nothing else.

    Args:
        heads: `two` (event and strength), `one` (a single output) or `product` (two outputs, multiplied in the loss).
        loss: what the heads are trained with; None takes the arrangement's first: `two` hurdle-negative-binomial or
            hurdle-poisson; `one` mse, poisson or negative-binomial; `product` bce+mse.
        window: steps that the LSTM reads before the first step it forecasts.
        hidden: size of the LSTM's state.
        memory: half-lives, in steps, of slow averages of the past that are inputs beside yesterday.
        seasons: calendar cycles that are inputs (`year`, `week`, `day`); they do nothing for series without dates.
        epochs: most passes over the training part.
        patience: epochs without a better validation loss before stopping.
        learning_rate: highest one.
        weight_decay: of AdamW.
        dropout: share of the LSTM's state dropped before the heads while training.
        batch_size: segments a batch.
        span: steps forecast a segment.
        validation_share: last share of what `fit` gets that is only used to stop; 0 to 0.5, both excluded.
        seed: of initial weights, order and dropout; same seed, same bits.
        device: where to compute (`cpu`, `cuda`).

    Attributes:
        history_: an `Epoch` (train and validation loss) for every epoch.
        most_: counts are tabulated from 0 to this one.

    Example:
        >>> from steelyard.rare_events import simulate
        >>> known = simulate(steps=600, seed=0)
        >>> model = RareEventForecaster(window=7, hidden=8, epochs=2, seed=0).fit(known.series)
        >>> tomorrow = model.predict(known.series)
        >>> len(tomorrow), bool(0 < tomorrow.p_event[0] < 1), round(float(tomorrow.pmf.sum()), 6)
        (1, True, 1.0)
    """

    def __init__(
        self,
        *,
        heads: Heads = "two",
        loss: Loss | None = None,
        window: int = 54,
        hidden: int = 32,
        memory: Sequence[float] = (3.0, 27.0, 365.0),
        seasons: Sequence[Season] = ("year",),
        epochs: int = 20,
        patience: int = 8,
        learning_rate: float = 0.01,
        weight_decay: float = 0.01,
        dropout: float = 0.2,
        batch_size: int = 16,
        span: int = 64,
        validation_share: float = 0.15,
        seed: int = 0,
        device: str = "cpu",
    ) -> None:
        self.heads = heads
        self.loss = loss
        self.window = window
        self.hidden = hidden
        self.memory = memory
        self.seasons = seasons
        self.epochs = epochs
        self.patience = patience
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.dropout = dropout
        self.batch_size = batch_size
        self.span = span
        self.validation_share = validation_share
        self.seed = seed
        self.device = device

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 - scikit-learn's signature
        """Return the parameters by name."""
        return {name: getattr(self, name) for name in _PARAMETERS}

    def fit(self, source: Any, *, on_epoch: Callable[[Epoch], None] | None = None) -> Self:
        """Train on series (a `CountSeries`, several, or anything `read_series` reads) and return the forecaster.

        Args:
            source: everything that may be learned from; the last `validation_share` of its time span decides when to stop.
            on_epoch: called after every epoch.

        Raises:
            InputError: parameters out of range, a series too short, fewer than 5 steps with an event or without one in
                the training or the validation part, counts above 1000.
        """
        chosen = objective(self.heads, self.loss)
        self._check_parameters()
        series = as_series(source)
        check_training(series, at_least=self.window + 50)
        features = self._features
        dtype, device = torch.float32, torch.device(self.device)
        parts = []
        for each, (first, stop) in zip(series, self._training_rows(series), strict=True):
            inputs = torch.from_numpy(features.table(each)).to(device, dtype)
            y = torch.from_numpy(each.y).to(device, dtype)
            parts.append(Part(inputs=inputs, y=y, train=(first, stop), validation=(stop, len(each))))
        trained_y = torch.cat([part.y[slice(*part.train)] for part in parts])
        model = SharedEncoder(
            inputs=features.width,
            hidden=self.hidden,
            heads=chosen.heads,
            dropout=self.dropout,
            seed=self.seed,
        ).to(device)
        model.standardise(torch.cat([part.inputs[slice(*part.train)] for part in parts]))
        model.begin(chosen.start(trained_y))
        self.history_ = train(model, chosen, parts, plan=self._plan, seed=self.seed, on_epoch=on_epoch)
        later = [
            (outputs_at(model, part.inputs, rows=part.validation, plan=self._plan), part) for part in parts
        ]
        self.objective_: Objective = chosen.settle(
            torch.cat([outputs for outputs, _ in later]),
            torch.cat([part.y[slice(*part.validation)] for _, part in later]),
        )
        self.model_ = model
        self.most_ = most_needed(int(max(each.y.max() for each in series)))
        return self

    def predict(self, source: Any, *, start: Any = None, every: int = 1) -> Forecast:
        """Return one-step-ahead forecasts of the steps from `start` on, each from the steps before it.

        Args:
            source: series with the history and, where `start` is given, the steps to forecast.
            start: first date (or position) to forecast; None forecasts the one step after each series' end.
            every: forecast from each `every`-th origin only.

        Raises:
            InputError: not fitted, a start after the series' end, or fewer than 1 step of history.
        """
        if not hasattr(self, "model_"):
            raise InputError("the forecaster must be fitted before it predicts; call `fit` first")
        return forecast_each(source, start=start, horizon=1, every=every, log_pmf=self._log_pmf)

    def _log_pmf(self, asked: Asked) -> NDArray[np.float64]:
        ahead = int(asked.origin[-1]) == len(asked.series)
        inputs = torch.from_numpy(self._features.table(asked.series, ahead=ahead)).to(self.model_.centre)
        rows = (int(asked.origin[0]), int(asked.origin[-1]) + 1)
        outputs = outputs_at(self.model_, inputs, rows=rows, plan=self._plan)
        outputs = outputs[torch.from_numpy(asked.origin - asked.origin[0])]
        return _gathered(self.objective_, outputs, most=self.most_)

    def score(self, source: Any, *, start: Any) -> float:
        """Return the mean log-likelihood a step, in nats (higher is better), of the steps from `start` on."""
        series = as_series(source)
        forecast = self.predict(series, start=start)
        return float(forecast.log_likelihood(outcomes(forecast, series)).mean())

    def save(self, folder: str | Path) -> None:
        """Write the fitted forecaster to a folder: `weights.safetensors` and `forecaster.json`; no pickle.

        Raises:
            InputError: not fitted, or a folder that can't be written.
        """
        if not hasattr(self, "model_"):
            raise InputError("the forecaster must be fitted before it is saved; call `fit` first")
        fitted = Fitted(model=self.model_, objective=self.objective_, most=self.most_, history=self.history_)
        write_fitted(fitted, Path(folder), parameters=self.get_params())

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Return a forecaster from a folder that `save` wrote; it forecasts the same bits.

        Raises:
            InputError: no such folder, or files that `save` of this version didn't write.
        """
        fitted, parameters = read_fitted(Path(folder))
        forecaster = cls(**parameters)
        forecaster.model_ = fitted.model.to(forecaster.device)
        forecaster.objective_ = fitted.objective
        forecaster.most_ = fitted.most
        forecaster.history_ = fitted.history
        return forecaster

    @property
    def _features(self) -> Features:
        return Features(memory=tuple(self.memory), seasons=tuple(self.seasons))

    @property
    def _plan(self) -> TrainingPlan:
        return TrainingPlan(
            window=self.window,
            span=self.span,
            batch_size=self.batch_size,
            epochs=self.epochs,
            patience=self.patience,
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
        )

    def _check_parameters(self) -> None:
        for name in ("window", "hidden", "epochs", "patience", "batch_size", "span"):
            if not getattr(self, name) >= 1:
                raise InputError(f"`{name}` must be at least 1, but got {getattr(self, name)}")
        if not 0 < self.validation_share < 0.5:
            raise InputError(f"`validation_share` must lie in (0, 0.5), but got {self.validation_share}")
        if not (self.learning_rate > 0 and 0 <= self.dropout < 1 and self.weight_decay >= 0):
            raise InputError(
                "`learning_rate` must be positive, `dropout` in [0, 1) and `weight_decay` at least 0, but got "
                f"{self.learning_rate}, {self.dropout} and {self.weight_decay}"
            )

    def _training_rows(self, series: Sequence[CountSeries]) -> list[tuple[int, int]]:
        """Return each series' rows to train on; validation follows them, from one date for all series."""
        dates = np.sort(np.concatenate([each.ds for each in series]))
        cut_date = dates[int(len(dates) * (1 - self.validation_share))]
        rows = [
            (min(self.window, len(each) // 2), int(np.searchsorted(each.ds, cut_date))) for each in series
        ]
        for what, parts in (
            ("training", [each.y[first:stop] for each, (first, stop) in zip(series, rows, strict=True)]),
            ("validation", [each.y[stop:] for each, (_, stop) in zip(series, rows, strict=True)]),
        ):
            y: NDArray[np.int64] = np.concatenate(parts)
            if not 0 < int((y > 0).sum()) < len(y):
                raise InputError(
                    f"the {what} part must have steps with and without an event, but {int((y > 0).sum())} of its {len(y)} steps have "
                    "one; give more data, or another `validation_share`"
                )
        return rows


def _gathered(chosen: Objective, outputs: torch.Tensor, *, most: int) -> NDArray[np.float64]:
    """Return the objective's log pmf in double precision, with everything above `most` gathered in the last column."""
    log_pmf = chosen.log_pmf(outputs.double(), most=most)
    below = log_pmf[:, :-1].exp().sum(1)
    tail = (1 - below).clamp(min=0).log()
    log_pmf[:, -1] = torch.maximum(log_pmf[:, -1], tail)
    normalised = log_pmf - torch.logsumexp(log_pmf, dim=1, keepdim=True)
    return cast("NDArray[np.float64]", normalised.cpu().numpy())
