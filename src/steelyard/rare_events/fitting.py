"""From parameters and series to a trained network: the steps of `RareEventForecaster.fit`, in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from steelyard.checkpoint import restore_checkpoint, write_checkpoint
from steelyard.data.series import CountSeries
from steelyard.rare_events.loss_weights import LossWeights
from steelyard.rare_events.network import Network
from steelyard.rare_events.objectives import Objective
from steelyard.rare_events.panel import Panel
from steelyard.rare_events.recipe import Recipe
from steelyard.rare_events.split import split_by_date
from steelyard.rare_events.training import (
    RECONSTRUCTION,
    Epoch,
    Training,
    TrainingPlan,
    forecast_outputs,
    pretrain,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """What fitting found.

    Args:
        model: the trained network.
        objective: how its outputs are read.
        history: what every epoch came to.
        reconstruction: mean squared error of the autoencoder in each epoch before the heads were trained; empty without.
    """

    model: Network
    objective: Objective
    history: list[Epoch]
    reconstruction: list[float]


def fit_network(
    series: Sequence[CountSeries],
    recipe: Recipe,
    objective: Objective,
    *,
    start_from: Network | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    checkpoint: tuple[Path, str] | None = None,
) -> Found:
    """Return a trained network.

    Args:
        series: everything that may be learned from.
        recipe: what and how.
        objective: what the outputs mean; not prepared yet, unless there is a network to go on from.
        start_from: a network to go on from instead of a fresh one; it isn't changed.
        on_epoch: called after every epoch.
        checkpoint: folder to write to after every epoch and to go on from, and what is trained on what.

    Raises:
        InputError: parts without events, covariates that don't fit, a checkpoint of something else.
    """
    split = split_by_date(series, window=recipe.plan.window, validation_share=recipe.validation_share)
    panel = Panel.of(
        series,
        features=recipe.features,
        horizon=recipe.architecture.horizon,
        ahead=False,
        device=recipe.device,
    )
    rows = _rows(panel, split.train)
    objective = objective.prepare(panel.y[rows]) if start_from is None else objective
    model = Network(
        inputs=panel.inputs.shape[1],
        known=panel.known.shape[1],
        heads=objective.heads,
        architecture=recipe.architecture,
        seed=recipe.seed,
        mix=bool(recipe.features.covariates.known),
    ).to(recipe.device)
    model.standardise(panel.inputs[rows], flags=recipe.features.flags)
    model.begin(objective.start(panel.y[rows]))
    if start_from is not None:
        model.load_state_dict(start_from.state_dict())
    parts: tuple[str, ...] = objective.parts
    if recipe.architecture.autoencoder == "joint":
        parts = (*parts, RECONSTRUCTION)
    weights = LossWeights(recipe.weights, parts=parts).to(recipe.device)
    frozen = recipe.architecture.autoencoder == "frozen"
    if frozen:
        model.freeze_encoder()
    training = Training(
        model, objective, weights, panel=panel, split=split, plan=recipe.plan, seed=recipe.seed
    )
    resumed = checkpoint is not None and restore_checkpoint(
        training.restore, checkpoint[0], key=checkpoint[1], device=recipe.device
    )
    if frozen and start_from is None and not resumed:
        model.encoders.requires_grad_(requires_grad=True)
        training.reconstruction = pretrain(
            model, panel=panel, split=split, plan=_half(recipe.plan), seed=recipe.seed
        )
        model.freeze_encoder()
        training.best_weights = {name: weight.detach().clone() for name, weight in model.state_dict().items()}

    def after(epoch: Epoch) -> None:
        if checkpoint is not None:
            write_checkpoint(training.state(), checkpoint[0], key=checkpoint[1])
        if on_epoch is not None:
            on_epoch(epoch)

    history = training.run(on_epoch=after)
    outputs, targets, counts = forecast_outputs(model, panel, split.validation, plan=recipe.plan)
    return Found(
        model=model,
        objective=objective.settle(outputs[counts], panel.y[targets][counts]),
        history=history,
        reconstruction=training.reconstruction,
    )


def _rows(panel: Panel, origins: Sequence[tuple[int, int]]) -> Tensor:
    """Return the panel's rows of some origins of each series."""
    return torch.cat(
        [
            torch.arange(first + start, first + stop, device=panel.y.device)
            for first, (start, stop) in zip(panel.first.tolist(), origins, strict=True)
        ]
    )


def _half(plan: TrainingPlan) -> TrainingPlan:
    return replace(plan, epochs=max(1, plan.epochs // 2))
