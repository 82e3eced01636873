"""Fitting the network: Adam on segments, the learning rate warmed up and cooled, stopped on later steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from steelyard.rare_events.model import SharedEncoder
from steelyard.rare_events.objectives import Objective
from steelyard.rare_events.segments import cut


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """How long and how hard to train.

    Args:
        window: steps read before the first step that is forecast.
        span: steps forecast a segment.
        batch_size: segments a step of Adam.
        epochs: most passes over the training steps.
        patience: epochs without a better validation loss before stopping.
        learning_rate: highest, reached after the first tenth and cooled to a hundredth along a cosine.
        weight_decay: of AdamW, on matrices only.
        clip: largest norm of the gradient.
    """

    window: int
    span: int
    batch_size: int
    epochs: int
    patience: int
    learning_rate: float
    weight_decay: float
    clip: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Inputs and counts of one series, and which rows are trained on and validated on.

    Args:
        inputs: shape (steps, inputs).
        y: shape (steps,).
        train: first and stop row.
        validation: first and stop row.
    """

    inputs: Tensor
    y: Tensor
    train: tuple[int, int]
    validation: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What an epoch came to, in the objective's own loss."""

    epoch: int
    train_loss: float
    validation_loss: float


def train(
    model: SharedEncoder,
    objective: Objective,
    parts: Sequence[Part],
    *,
    plan: TrainingPlan,
    seed: int,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> list[Epoch]:
    """Train a model in place, leave it with the weights of its best epoch, and return what every epoch came to."""
    order = np.random.default_rng(seed)
    generator = torch.Generator(device=model.centre.device).manual_seed(seed)
    matrices = [weight for weight in model.parameters() if weight.ndim > 1]
    vectors = [weight for weight in model.parameters() if weight.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": plan.weight_decay}, {"params": vectors, "weight_decay": 0.0}],
        lr=plan.learning_rate,
    )
    batches_each = sum(-(-_segments_of(part, plan) // plan.batch_size) for part in parts)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _warm_then_cosine(plan.epochs * batches_each))
    best_loss = float("inf")
    best_weights = _copy(model)
    best_epoch = 0
    history: list[Epoch] = []
    for epoch in range(1, plan.epochs + 1):
        total, steps = 0.0, 0
        for inputs, y, scored in _batches(parts, plan, order):
            outputs = model(inputs, generator=generator)[scored]
            losses = objective.loss(outputs, y[scored])
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(losses.mean())
            torch.nn.utils.clip_grad_norm_(model.parameters(), plan.clip)
            optimizer.step()
            schedule.step()
            total += float(losses.detach().sum())
            steps += len(losses)
        validation_loss = _validation_loss(model, objective, parts, plan)
        history.append(Epoch(epoch=epoch, train_loss=total / steps, validation_loss=validation_loss))
        if on_epoch is not None:
            on_epoch(history[-1])
        if validation_loss < best_loss:
            best_loss, best_weights, best_epoch = validation_loss, _copy(model), epoch
        if not np.isfinite(validation_loss) or epoch - best_epoch >= plan.patience:
            break
    model.load_state_dict(best_weights)
    return history


def outputs_at(model: SharedEncoder, inputs: Tensor, *, rows: tuple[int, int], plan: TrainingPlan) -> Tensor:
    """Return the model's outputs at rows first to stop (exclusive) of a series' inputs, shape (rows, outputs)."""
    first, stop = rows
    if stop <= first:
        return inputs.new_zeros(
            (0, sum(head.out_features for head in model.heads if isinstance(head, nn.Linear)))
        )
    segments = cut(first=first, stop=stop, warm_up=plan.window, span=plan.span)
    chosen = _take(inputs, segments.rows)
    with torch.no_grad():
        outputs: Tensor = model(chosen)[torch.from_numpy(segments.scored)]
    return outputs


def _validation_loss(
    model: SharedEncoder, objective: Objective, parts: Sequence[Part], plan: TrainingPlan
) -> float:
    losses = [
        objective.loss(
            outputs_at(model, part.inputs, rows=part.validation, plan=plan), part.y[slice(*part.validation)]
        )
        for part in parts
        if part.validation[1] > part.validation[0]
    ]
    return float(torch.cat(losses).double().mean())


def _batches(
    parts: Sequence[Part], plan: TrainingPlan, order: np.random.Generator
) -> list[tuple[Tensor, Tensor, Tensor]]:
    batches = []
    for part in parts:
        first, stop = part.train
        segments = cut(
            first=first, stop=stop, warm_up=plan.window, span=plan.span, offset=int(order.integers(plan.span))
        )
        if len(segments.rows) == 0:
            continue
        shuffled = order.permutation(len(segments.rows))
        for chosen in np.array_split(shuffled, -(-len(shuffled) // plan.batch_size)):
            rows, scored = segments.rows[chosen], segments.scored[chosen]
            if scored.any():
                batches.append((_take(part.inputs, rows), _take(part.y, rows), torch.from_numpy(scored)))
    return [batches[i] for i in order.permutation(len(batches))]


def _take(values: Tensor, rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Tensor:
    """Return rows of a series, zeros for those before its start and after its end."""
    index = torch.from_numpy(rows)
    outside = (index < 0) | (index >= len(values))
    taken = values[index.clamp(0, len(values) - 1)]
    return taken.masked_fill(outside[(...,) + (None,) * (taken.ndim - index.ndim)], 0.0)


def _segments_of(part: Part, plan: TrainingPlan) -> int:
    return (part.train[1] - part.train[0]) // plan.span + 2


def _warm_then_cosine(total: int) -> Callable[[int], float]:
    warm = max(1, total // 10)

    def factor(step: int) -> float:
        if step < warm:
            return (step + 1) / warm
        share = min(1.0, (step - warm) / max(1, total - warm))
        return 0.01 + 0.99 * 0.5 * (1 + float(np.cos(np.pi * share)))

    return factor


def _copy(model: SharedEncoder) -> dict[str, Tensor]:
    return {name: weight.detach().clone() for name, weight in model.state_dict().items()}
