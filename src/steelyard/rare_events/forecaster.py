"""The forecaster: a network with heads for whether and how much, fitted and asked like a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from steelyard.errors import InputError
from steelyard.rare_events.asking import Asked, asked_of, gathered, outcomes
from steelyard.rare_events.coerce import as_series, check_training
from steelyard.rare_events.features import Season
from steelyard.rare_events.fitting import Found, fit_network
from steelyard.rare_events.forecast import Forecast, most_needed
from steelyard.rare_events.loss_weights import Weighing
from steelyard.rare_events.network.architecture import Autoencoder, Body, Encoder, Front, Head
from steelyard.rare_events.objectives import Heads, Loss, Objective, objective
from steelyard.rare_events.panel import Panel
from steelyard.rare_events.recipe import Recipe, recipe_for, training_key, with_covariates
from steelyard.rare_events.saving import Fitted, read_fitted, write_fitted
from steelyard.rare_events.tabulate import log_pmf_table
from steelyard.rare_events.training import Epoch, forecast_outputs

_STEPS_BESIDE_WINDOW = 50
_ROWS_A_PASS = 20_000


class RareEventForecaster:
    """Forecast the counts of the next steps: the probability of an event, the distribution of its strength, and both together.

    A forecast knows the counts and past covariates before its origin, what is known in advance of any step (calendar, known
    covariates), the static features, and nothing else. One network serves all series and all horizons; each horizon has outputs of
    its own. Covariates come with the series: `read_series(table, known=("promo",), past=("temperature",), static=("region",))`.

    A series that it wasn't fitted on is forecast like those that it was, from its own past; a category of a static feature that wasn't
    there in training counts as the average of those that were. Covariates that it wasn't fitted with are not looked at.

    Args:
        heads: `two` (event and strength), `one` (a single output) or `product` (two outputs, multiplied in the loss).
        loss: what the heads are trained with; None takes the arrangement's first in `objectives.LOSSES`.
        weights: how the parts of the loss are weighed: `equal`, `uncertainty` (Kendall et al. 2018), or a number for each.
        horizon: how many steps ahead it forecasts.
        front: what the inputs pass first: `none`, a `dense` layer, or a convolution over a week (`cnn`).
        encoder: what reads the past: an `lstm`, or nothing but the last `lags` counts (`lags`), which makes a regression on lags.
        body: one front and encoder for all heads (`shared`), or one each (`separate`).
        head: `linear`, an `lstm` of each head's own before it, or a `chain`: as `lstm`, and the strength's LSTM also reads P(event).
        autoencoder: `none`; `joint`: the encoder's state must also say the last `window` steps, a further part of the loss named
            `reconstruction`; `frozen`: it is trained to do so first, half the epochs, and stays as it is when the heads are trained.
        skip: whether the heads also see the origin's own inputs, so that a linear model of the recent past is the least they can be.
        lags: counts that `encoder="lags"` reads.
        window: steps that are read before the first step that is forecast; a series that is shorter is read from its start. None:
            54, or a third of the longest series where that is less.
        hidden: size of the LSTM's state.
        memory: half-lives, in steps, of slow averages of the past that are inputs beside yesterday.
        so_far: whether a series' mean level and share of events so far, its age and the time since its last event are inputs.
        seasons: calendar cycles that are inputs (`year`, `week`, `day`); they do nothing for series without dates. None: the year,
            where the longest series covers five.
        epochs: most passes over the training part.
        patience: epochs without a better validation loss before stopping.
        learning_rate: highest one.
        weight_decay: of AdamW.
        dropout: share of the encoder's state dropped before the heads while training.
        batch_size: segments a batch; None: a 32nd of all, 16 to 256.
        span: origins a segment; None: 64, or a third of the longest series where that is less.
        validation_share: last share of what `fit` gets that is only used to stop; 0 to 0.5, both excluded.
        seed: of initial weights, order and dropout; same seed, same bits.
        device: where to compute (`cpu`, `cuda`).

    Attributes:
        history_: an `Epoch` (losses, parts, weights, gradients) for every epoch.
        reconstruction_: mean squared error of each epoch of the autoencoder before it was frozen.
        most_: counts are tabulated from 0 to this one.

    Example:
        >>> from steelyard.rare_events import simulate
        >>> known = simulate(steps=600, seed=0)
        >>> model = RareEventForecaster(window=7, hidden=8, epochs=2, horizon=3, seed=0).fit(known.series)
        >>> ahead = model.predict(known.series)
        >>> ahead.horizon.tolist(), bool(0 < ahead.p_event[0] < 1), round(float(ahead.pmf[0].sum()), 6)
        ([1, 2, 3], True, 1.0)
    """

    def __init__(
        self,
        *,
        heads: Heads = "two",
        loss: Loss | None = None,
        weights: Weighing = "equal",
        horizon: int = 1,
        front: Front = "none",
        encoder: Encoder = "lstm",
        body: Body = "shared",
        head: Head = "linear",
        autoencoder: Autoencoder = "none",
        skip: bool = True,
        lags: int = 15,
        window: int | None = None,
        hidden: int = 32,
        memory: Sequence[float] = (3.0, 27.0, 365.0),
        so_far: bool = False,
        seasons: Sequence[Season] | None = None,
        epochs: int = 20,
        patience: int = 8,
        learning_rate: float = 0.01,
        weight_decay: float = 0.01,
        dropout: float = 0.2,
        batch_size: int | None = None,
        span: int | None = None,
        validation_share: float = 0.15,
        seed: int = 0,
        device: str = "cpu",
    ) -> None:
        self.heads = heads
        self.loss = loss
        self.weights = weights
        self.horizon = horizon
        self.front = front
        self.encoder = encoder
        self.body = body
        self.head = head
        self.autoencoder = autoencoder
        self.skip = skip
        self.lags = lags
        self.window = window
        self.hidden = hidden
        self.memory = memory
        self.so_far = so_far
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

    @classmethod
    def described(cls, *, horizon: int = 1, seed: int = 0) -> Self:
        """Return the network as people describe it: LSTM autoencoder, then an LSTM for whether, then an LSTM for how much.

        Three losses added up: binary cross-entropy, squared error of the strength on days with an event, and the autoencoder's
        reconstruction. The heads see the embedding only.

        Example:
            >>> RareEventForecaster.described().head
            'chain'
        """
        return cls(loss="bce+mse", head="chain", autoencoder="joint", skip=False, horizon=horizon, seed=seed)

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 - scikit-learn's signature
        """Return the parameters by name."""
        return {
            name: getattr(self, name) for name in signature(type(self).__init__).parameters if name != "self"
        }

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters by name and return the forecaster; scikit-learn's signature.

        Raises:
            InputError: a name that isn't a parameter.
        """
        known = self.get_params()
        for name, value in parameters.items():
            if name not in known:
                raise InputError(f"a parameter must be one of {', '.join(known)}, but got {name!r}")
            setattr(self, name, value)
        return self

    def fit(
        self,
        source: Any,
        *,
        on_epoch: Callable[[Epoch], None] | None = None,
        checkpoint: str | Path | None = None,
    ) -> Self:
        """Train on series (a `CountSeries`, several, or anything `read_series` reads) and return the forecaster.

        Args:
            source: everything that may be learned from; the last `validation_share` of its time span decides when to stop.
            on_epoch: called after every epoch.
            checkpoint: folder that the training is kept in after every epoch; one that was cut off goes on from there, with the
                same bits as if it never was.

        Raises:
            InputError: parameters out of range, too few steps, fewer than 5 steps with an event or without one, none of them in
                the training or the validation part, counts above 1000, series that don't all have the same covariates, a
                checkpoint of other data or parameters.
        """
        series = as_series(source)
        parameters = self.get_params()
        recipe = recipe_for(series, parameters)
        chosen = objective(self.heads, self.loss)
        check_training(series, at_least=recipe.plan.window + _STEPS_BESIDE_WINDOW)
        recipe = with_covariates(recipe, series)
        kept = None if checkpoint is None else (Path(checkpoint), training_key(series, parameters))
        found = fit_network(series, recipe, chosen, on_epoch=on_epoch, checkpoint=kept)
        self._keep(found, recipe, most_needed(int(max(each.y.max() for each in series))))
        return self

    def update(
        self,
        source: Any,
        *,
        epochs: int = 3,
        learning_rate: float | None = None,
        on_epoch: Callable[[Epoch], None] | None = None,
    ) -> Self:
        """Go on training from the present weights, on series that have become longer or on new ones, and return the forecaster.

        The inputs stay scaled as they were, categories too, and the table of counts never becomes shorter.

        Args:
            source: everything that may be learned from now.
            epochs: most passes.
            learning_rate: highest one; None: a tenth of the forecaster's.
            on_epoch: called after every epoch.

        Raises:
            InputError: not fitted, or what `fit` raises.
        """
        self._check_fitted("is updated")
        series = as_series(source)
        recipe = recipe_for(series, self.get_params())
        check_training(series, at_least=recipe.plan.window + _STEPS_BESIDE_WINDOW)
        rate = self.learning_rate / 10 if learning_rate is None else learning_rate
        recipe = replace(
            recipe,
            features=self.features_,
            plan=replace(self.plan_, epochs=epochs, learning_rate=rate),
        )
        found = fit_network(series, recipe, self.objective_, start_from=self.model_, on_epoch=on_epoch)
        most = max(self.most_, most_needed(int(max(each.y.max() for each in series))))
        self._keep(replace(found, history=[*self.history_, *found.history]), recipe, most)
        return self

    def predict(self, source: Any, *, start: Any = None, every: int = 1) -> Forecast:
        """Return forecasts of 1 to `horizon` steps ahead; series after series, origin after origin, then by horizon.

        Args:
            source: series with their history; also ones it was not fitted on.
            start: first date (or position) forecast one step ahead, from which origins run to the series' end (targets beyond the
                end are left out); None: one origin, each series' end, with all its horizons.
            every: forecast from each `every`-th origin only.

        Raises:
            InputError: not fitted, a start after a series' end, a series without the covariates of the training, or whose known
                ones end before the last step that is forecast.
        """
        asked, outputs = self.outputs(source, start=start, every=every)
        return gathered(asked, self.read(outputs))

    def outputs(
        self, source: Any, *, start: Any = None, every: int = 1, generator: torch.Generator | None = None
    ) -> tuple[list[Asked], Tensor]:
        """Return what is asked, and the network's own outputs for it, shape (forecasts, outputs).

        Args:
            source: as for `predict`.
            start: as for `predict`.
            every: as for `predict`.
            generator: draws dropout as in training; None drops nothing.

        Raises:
            InputError: as for `predict`.
        """
        self._check_fitted("predicts")
        asked = list(asked_of(source, start=start, horizon=self.horizon, every=every))
        panel = Panel.of(
            [each.series for each in asked],
            features=self.features_,
            horizon=self.horizon,
            ahead=start is None,
            device=torch.device(self.device),
        )
        origins = [(int(each.origin[0]), int(each.origin[-1]) + 1) for each in asked]
        outputs, _, _ = forecast_outputs(self.model_, panel, origins, plan=self.plan_, generator=generator)
        before = np.cumsum([0, *(stop - first for first, stop in origins)])
        rows = np.concatenate(
            [each.origin - first + at for each, (first, _), at in zip(asked, origins, before, strict=False)]
        )
        ahead = np.concatenate([each.horizon for each in asked]) - 1
        return asked, outputs[torch.from_numpy(rows), torch.from_numpy(ahead)]

    def score(self, source: Any, *, start: Any) -> float:
        """Return the mean log-likelihood a forecast, in nats (higher is better), of the origins from `start` on."""
        series = as_series(source)
        forecast = self.predict(series, start=start)
        return float(forecast.log_likelihood(outcomes(forecast, series)).mean())

    def save(self, folder: str | Path) -> None:
        """Write the fitted forecaster to a folder: `weights.safetensors` and `forecaster.json`; no pickle.

        Raises:
            InputError: not fitted, or a folder that can't be written.
        """
        self._check_fitted("is saved")
        fitted = Fitted(
            model=self.model_,
            objective=self.objective_,
            features=self.features_,
            plan=self.plan_,
            most=self.most_,
            history=self.history_,
            reconstruction=self.reconstruction_,
        )
        write_fitted(fitted, Path(folder), parameters=self.get_params())

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Return a forecaster from a folder that `save` wrote; it forecasts the same bits.

        Raises:
            InputError: no such folder, or files that `save` of this version didn't write.
        """
        fitted, parameters = read_fitted(Path(folder))
        try:
            forecaster = cls(**parameters)
        except TypeError as error:
            raise InputError(
                f"{folder} must hold a saved forecaster, but its parameters are others: {error}"
            ) from error
        forecaster.model_ = fitted.model.to(forecaster.device)
        forecaster.objective_ = fitted.objective
        forecaster.features_ = fitted.features
        forecaster.plan_ = fitted.plan
        forecaster.most_ = fitted.most
        forecaster.history_ = fitted.history
        forecaster.reconstruction_ = fitted.reconstruction
        return forecaster

    def _keep(self, found: Found, recipe: Recipe, most: int) -> None:
        self.model_ = found.model
        self.objective_: Objective = found.objective
        self.history_ = found.history
        self.reconstruction_ = found.reconstruction
        self.features_ = recipe.features
        self.plan_ = recipe.plan
        self.most_ = most

    def read(self, outputs: Tensor) -> NDArray[np.float64]:
        """Return what outputs say about counts, in double precision, shape (forecasts, most + 1)."""
        parts: Iterable[Tensor] = torch.split(outputs, _ROWS_A_PASS)
        return np.concatenate([log_pmf_table(self.objective_, part, most=self.most_) for part in parts])

    def _check_fitted(self, what: str) -> None:
        if not hasattr(self, "model_"):
            raise InputError(f"the forecaster must be fitted before it {what}; call `fit` first")
