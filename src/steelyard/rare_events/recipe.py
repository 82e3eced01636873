"""From a forecaster's parameters to what is fitted and how, for the series at hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from steelyard.data.series import CountSeries
from steelyard.errors import InputError
from steelyard.rare_events.covariates import covariates_of
from steelyard.rare_events.defaults import default_seasons, default_span, default_window
from steelyard.rare_events.features import Features
from steelyard.rare_events.loss_weights import Weighing
from steelyard.rare_events.network.architecture import Architecture
from steelyard.rare_events.split import training_stops
from steelyard.rare_events.training import TrainingPlan

_OF_THE_NETWORK = (
    "front", "encoder", "body", "head", "autoencoder", "skip", "hidden", "lags", "dropout", "horizon",
)  # fmt: skip
_OF_THE_PLAN = ("batch_size", "epochs", "patience", "learning_rate", "weight_decay")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What is fitted and how.

    Args:
        architecture: the network.
        features: its inputs.
        plan: how long and how hard.
        weights: how the parts of the loss are weighed.
        validation_share: last share of the dates, which decides when to stop.
        seed: of initial weights, order and dropout.
        device: where to compute.
    """

    architecture: Architecture
    features: Features
    plan: TrainingPlan
    weights: Weighing
    validation_share: float
    seed: int
    device: torch.device


def recipe_for(series: Sequence[CountSeries], parameters: Mapping[str, Any]) -> Recipe:
    """Return what a forecaster's parameters come to for some series; covariates aside, which `with_covariates` adds.

    Args:
        series: what is fitted.
        parameters: of `RareEventForecaster`, by name.

    Raises:
        InputError: parameters out of range.
    """
    _check(parameters)
    longest = max(map(len, series))
    plan = TrainingPlan(
        window=min(parameters["window"] or default_window(longest), longest),
        span=min(parameters["span"] or default_span(longest), longest),
        **{name: parameters[name] for name in _OF_THE_PLAN},
    )
    seasons = default_seasons(series) if parameters["seasons"] is None else tuple(parameters["seasons"])
    return Recipe(
        architecture=Architecture(**{name: parameters[name] for name in _OF_THE_NETWORK}),
        features=Features(memory=tuple(parameters["memory"]), seasons=seasons, so_far=parameters["so_far"]),
        plan=plan,
        weights=parameters["weights"],
        validation_share=parameters["validation_share"],
        seed=parameters["seed"],
        device=torch.device(parameters["device"]),
    )


def with_covariates(recipe: Recipe, series: Sequence[CountSeries]) -> Recipe:
    """Return a recipe whose inputs have the series' covariates, standardised by what they are before validation starts.

    Raises:
        InputError: series that don't all have the same covariates, or some where nothing but counts is read.
    """
    stops = training_stops(series, validation_share=recipe.validation_share)
    covariates = covariates_of(series, stops=stops)
    if covariates and recipe.architecture.encoder == "lags" and not recipe.architecture.skip:
        raise InputError(
            'a forecaster with encoder="lags" and skip=False must have no covariates, since it reads nothing but counts, but the '
            "series have some; use skip=True"
        )
    return replace(recipe, features=replace(recipe.features, covariates=covariates))


def training_key(series: Sequence[CountSeries], parameters: Mapping[str, Any]) -> str:
    """Return what names a training: its parameters and its data."""
    known = json.dumps(dict(parameters), sort_keys=True, default=_plain)
    whole = known + "".join(each.fingerprint for each in series)
    return hashlib.sha256(whole.encode()).hexdigest()


def _check(parameters: Mapping[str, Any]) -> None:
    for name in ("window", "epochs", "patience", "span"):
        value = parameters[name]
        if value is not None and not value >= 1:
            raise InputError(f"`{name}` must be at least 1, but got {value}")
    if parameters["batch_size"] is not None and parameters["batch_size"] < 1:
        raise InputError(f"`batch_size` must be at least 1, or None, but got {parameters['batch_size']}")
    if not 0 < parameters["validation_share"] < 0.5:
        raise InputError(f"`validation_share` must lie in (0, 0.5), but got {parameters['validation_share']}")
    rate, decay = parameters["learning_rate"], parameters["weight_decay"]
    if not (rate > 0 and decay >= 0):
        raise InputError(
            f"`learning_rate` must be positive and `weight_decay` at least 0, but got {rate} and {decay}"
        )


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else list(value)
