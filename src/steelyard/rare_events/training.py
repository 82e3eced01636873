"""Fitting the network: Adam on segments of all series, the learning rate warmed up and cooled, stopped on later steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from steelyard.rare_events.loss_gradients import loss_gradients
from steelyard.rare_events.loss_weights import LossWeights
from steelyard.rare_events.network import Network
from steelyard.rare_events.objectives import Objective, total
from steelyard.rare_events.panel import Panel, Pieces

RECONSTRUCTION = "reconstruction"
"""Name of the autoencoder's part of the loss."""
_SEGMENTS_A_PASS = 256
_BATCHES = 32
_BATCH_SIZES = (16, 256)

Rows = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """How long and how hard to train.

    Args:
        window: steps read before the first step that is forecast.
        span: steps forecast a segment.
        batch_size: segments a step of Adam; None: a 32nd of all segments, 16 to 256.
        epochs: most passes over the training steps.
        patience: epochs without a better validation loss before stopping.
        learning_rate: highest, reached after the first tenth and cooled to a hundredth along a cosine.
        weight_decay: of AdamW, on matrices only.
        clip: largest norm of the gradient.
    """

    window: int
    span: int
    batch_size: int | None
    epochs: int
    patience: int
    learning_rate: float
    weight_decay: float
    clip: float = 1.0

    def batch_of(self, segments: int) -> int:
        """Return how many segments stand in a batch."""
        return self.batch_size or int(np.clip(segments // _BATCHES, *_BATCH_SIZES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What an epoch came to.

    Args:
        epoch: from 1.
        train_loss: mean of the loss that was minimised, a target, near horizons counting more (1 / horizon); nats for likelihoods.
        validation_loss: sum of the objective's parts, unweighted, a target of the validation part, near horizons counting more.
        parts: mean of each part of the loss over the training targets, before it was weighted.
        weights: what each part was multiplied with at the epoch's end.
        gradients: norms and cosines of the parts' gradients on the shared weights at the epoch's first batch, by the names that
            `LossGradients.curves` gives them; none where there is one part, or where one of two gradients vanishes.
    """

    epoch: int
    train_loss: float
    validation_loss: float
    parts: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    gradients: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """Which origins are trained on and validated on, a pair for each series."""

    train: Sequence[Rows]
    validation: Sequence[Rows]


class Training:
    """One training, epoch by epoch; everything that the next epoch depends on is in `state`.

    Args:
        model: trained in place.
        objective: gives the parts of the loss.
        weights: how the parts are weighed; trained too where it learns.
        panel: the series.
        split: origins to train and to validate on.
        plan: how long and how hard.
        seed: of order and dropout.

    Attributes:
        history: what every epoch came to.
        reconstruction: mean squared error of each epoch of an autoencoder that was trained before.
    """

    def __init__(
        self,
        model: Network,
        objective: Objective,
        weights: LossWeights,
        *,
        panel: Panel,
        split: Split,
        plan: TrainingPlan,
        seed: int,
    ) -> None:
        self.model, self.objective, self.weights = model, objective, weights
        self.panel, self.split, self.plan = panel, split, plan
        self.order = np.random.default_rng(seed)
        self.generator = torch.Generator(device=panel.y.device).manual_seed(seed)
        trained = [weight for weight in model.parameters() if weight.requires_grad]
        self.optimizer = torch.optim.AdamW(
            [
                {
                    "params": [weight for weight in trained if weight.ndim > 1],
                    "weight_decay": plan.weight_decay,
                },
                {"params": [weight for weight in trained if weight.ndim == 1], "weight_decay": 0.0},
                {"params": list(weights.parameters()), "weight_decay": 0.0},
            ],
            lr=plan.learning_rate,
        )
        aligned = panel.pieces(split.train, warm_up=plan.window, span=plan.span)
        self.segments = len(aligned)
        batches = -(-max(self.segments, 1) // plan.batch_of(self.segments))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, _warm_then_cosine(plan.epochs * (batches + 1))
        )
        self.history: list[Epoch] = []
        self.reconstruction: list[float] = []
        self.best_loss = float("inf")
        self.best_epoch = 0
        self.best_weights = _copy(model)

    @property
    def finished(self) -> bool:
        """Return whether there is nothing more to train."""
        done = len(self.history)
        broken = bool(self.history) and not np.isfinite(self.history[-1].validation_loss)
        return (
            broken or done >= self.plan.epochs or (done > 0 and done - self.best_epoch >= self.plan.patience)
        )

    def state(self) -> dict[str, Any]:
        """Return everything that the next epoch depends on."""
        return {
            "model": self.model.state_dict(),
            "weights": self.weights.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": {"last_epoch": self.schedule.last_epoch},
            "order": self.order.bit_generator.state,
            "generator": self.generator.get_state(),
            "history": [asdict(epoch) for epoch in self.history],
            "reconstruction": self.reconstruction,
            "best_loss": self.best_loss,
            "best_epoch": self.best_epoch,
            "best_weights": self.best_weights,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go to where `state` was taken, of a training of the same series, plan and seed.

        Raises:
            KeyError: a state without all its parts.
            RuntimeError: weights of other shapes.
        """
        self.model.load_state_dict(state["model"])
        self.weights.load_state_dict(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.last_epoch = state["schedule"]["last_epoch"]
        self.order.bit_generator.state = state["order"]
        self.generator.set_state(state["generator"].cpu())
        self.history[:] = [Epoch(**each) for each in state["history"]]
        self.reconstruction = list(state["reconstruction"])
        self.best_loss, self.best_epoch = state["best_loss"], state["best_epoch"]
        self.best_weights = state["best_weights"]

    def run(self, *, on_epoch: Callable[[Epoch], None] | None = None) -> list[Epoch]:
        """Train to the end, leave the model with the weights of its best epoch, and return what every epoch came to."""
        while not self.finished:
            epoch = self.epoch()
            if on_epoch is not None:
                on_epoch(epoch)
        self.model.load_state_dict(self.best_weights)
        return self.history

    def epoch(self) -> Epoch:
        """Pass over the training steps once and return what it came to."""
        loss_sum, steps = 0.0, 0
        sums: dict[str, float] = {}
        gradients: dict[str, float] = {}
        shared = _shared(self.model)
        for pieces in self._batches():
            losses, counted = self._losses(pieces)
            if counted == 0:
                continue
            if not gradients and len(losses) > 1 and shared:
                found = loss_gradients(losses, shared=shared).curves()
                gradients = {name: value for name, value in found.items() if np.isfinite(value)}
            loss: Tensor = self.weights(losses)
            self.optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.plan.clip)
            self.optimizer.step()
            self.schedule.step()
            loss_sum += float(loss.detach()) * counted
            steps += counted
            for part, value in losses.items():
                sums[part] = sums.get(part, 0.0) + float(value.detach()) * counted
        epoch = Epoch(
            epoch=len(self.history) + 1,
            train_loss=loss_sum / steps,
            validation_loss=self._validation_loss(),
            parts={part: value / steps for part, value in sums.items()},
            weights=self.weights.weights(),
            gradients=gradients,
        )
        self.history.append(epoch)
        if epoch.validation_loss < self.best_loss:
            self.best_loss, self.best_epoch = epoch.validation_loss, epoch.epoch
            self.best_weights = _copy(self.model)
        return epoch

    def _losses(self, pieces: Pieces) -> tuple[dict[str, Tensor], int]:
        """Return the mean of each part of the loss over a batch, and how many targets it is the mean of."""
        targets, counts = self.panel.targets(pieces)
        inputs = self.panel.inputs[pieces.rows]
        outputs = self.model(
            inputs, scored=pieces.scored, known=self.panel.known[targets], generator=self.generator
        )
        each = self.objective.losses(outputs[counts], self.panel.y[targets][counts])
        nearness = _nearness(counts)
        losses = {part: (values * nearness).mean() for part, values in each.items()}
        if self.model.architecture.autoencoder == "joint":
            losses[RECONSTRUCTION] = reconstruction(
                self.model, inputs, window=self.plan.window, order=self.order
            )
        return losses, int(counts.sum())

    def _batches(self) -> Iterator[Pieces]:
        offsets = self.order.integers(self.plan.span, size=len(self.panel.steps))
        pieces = self.panel.pieces(
            self.split.train, warm_up=self.plan.window, span=self.plan.span, offsets=offsets
        )
        shuffled = torch.from_numpy(self.order.permutation(len(pieces))).to(self.panel.y.device)
        for chosen in torch.split(shuffled, self.plan.batch_of(len(pieces))):
            yield pieces[chosen]

    def _validation_loss(self) -> float:
        outputs, targets, counts = forecast_outputs(
            self.model, self.panel, self.split.validation, plan=self.plan
        )
        losses = self.objective.losses(outputs[counts], self.panel.y[targets][counts])
        nearness = _nearness(counts).double()
        return float((total(losses) * nearness).mean())


def pretrain(model: Network, *, panel: Panel, split: Split, plan: TrainingPlan, seed: int) -> list[float]:
    """Train the encoder and decoder to say what was read, in place, and return the mean squared error of every epoch.

    Args:
        model: with a decoder.
        panel: the series.
        split: origins to train on.
        plan: how long and how hard; all of its epochs are run.
        seed: of the order.
    """
    order = np.random.default_rng([seed, 1])
    optimizer = torch.optim.Adam(model.parameters(), lr=plan.learning_rate)
    history = []
    for _ in range(plan.epochs):
        offsets = order.integers(plan.span, size=len(panel.steps))
        pieces = panel.pieces(split.train, warm_up=plan.window, span=plan.span, offsets=offsets)
        errors = []
        for chosen in np.array_split(
            order.permutation(len(pieces)), -(-len(pieces) // plan.batch_of(len(pieces)))
        ):
            inputs = panel.inputs[pieces.rows[torch.from_numpy(chosen)]]
            error = reconstruction(model, inputs, window=plan.window, order=order)
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(error)
            torch.nn.utils.clip_grad_norm_(model.parameters(), plan.clip)
            optimizer.step()
            errors.append(float(error.detach()))
        history.append(float(np.mean(errors)))
    optimizer.zero_grad(set_to_none=True)
    return history


def reconstruction(model: Network, inputs: Tensor, *, window: int, order: np.random.Generator) -> Tensor:
    """Return the mean squared error of what the decoder says of a window at a random place of each sequence."""
    batch, time = inputs.shape[:2]
    at = torch.from_numpy(order.integers(window - 1, time, size=batch)).to(inputs.device)
    return model.reconstruction(inputs, at=at, steps=window).mean()


def forecast_outputs(
    model: Network,
    panel: Panel,
    origins: Sequence[Rows],
    *,
    plan: TrainingPlan,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the network's outputs at some origins, series after series.

    Args:
        model: the network.
        panel: the series.
        origins: first and stop origin of each series.
        plan: window and span.
        generator: draws dropout; None drops nothing.

    Returns:
        Outputs, shape (origins, horizon, outputs); rows of their targets, shape (origins, horizon); whether the target lies before
        the stop, same shape.
    """
    pieces = panel.pieces(origins, warm_up=plan.window, span=plan.span)
    targets, counts = panel.targets(pieces)
    outputs = []
    with torch.no_grad():
        for chosen in torch.split(torch.arange(len(pieces)), _SEGMENTS_A_PASS):
            some = pieces[chosen]
            rows, _ = panel.targets(some)
            outputs.append(
                model(
                    panel.inputs[some.rows], scored=some.scored, known=panel.known[rows], generator=generator
                )
            )
    return torch.cat(outputs), targets, counts


def _nearness(counts: Tensor) -> Tensor:
    """Return how much each target counts, shape (targets that count,): one over its horizon, 1 on average.

    Counted alike, many far horizons, which hardly anything can be learned about, would decide when to stop for the near ones.
    """
    nearness = (1 / torch.arange(1, counts.shape[1] + 1, device=counts.device)).expand_as(counts)[counts]
    return nearness / nearness.mean()


def _shared(model: Network) -> list[Tensor]:
    """Return the weights that several parts of the loss pull at: those of the encoders."""
    return [weight for weight in model.encoders.parameters() if weight.requires_grad]


def _warm_then_cosine(total: int) -> Callable[[int], float]:
    warm = max(1, total // 10)

    def factor(step: int) -> float:
        if step < warm:
            return (step + 1) / warm
        share = min(1.0, (step - warm) / max(1, total - warm))
        return 0.01 + 0.99 * 0.5 * (1 + float(np.cos(np.pi * share)))

    return factor


def _copy(model: Network) -> dict[str, Tensor]:
    return {name: weight.detach().clone() for name, weight in model.state_dict().items()}
