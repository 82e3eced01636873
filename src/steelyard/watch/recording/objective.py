"""What one head's loss is: its kind, what its outputs are, and the loss of each example recomputed from them.

Formulas: cross-entropy -sum_c t_c w_c ln q_c, with t = (1 - s) onehot + s / C under label smoothing s (Szegedy et al. 2016,
section 7; as torch.nn.CrossEntropyLoss); binary cross-entropy -(v y ln q + (1 - y) ln(1 - q)), v torch's `pos_weight`; squared and
absolute error; Poisson e^o - y o (torch.nn.PoissonNLLLoss, log_input=True). Where classes have weights the mean is divided by the
targets' mean weight, as torch does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Kind = Literal["cross-entropy", "bce", "mse", "mae", "poisson"]
Form = Literal["logits", "probabilities", "log-probabilities", "values"]
KINDS: tuple[Kind, ...] = ("cross-entropy", "bce", "mse", "mae", "poisson")

LEAST_PROBABILITY = 1e-43
"""torch caps a logarithm at -100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What a head's loss is.

    Args:
        kind: the loss.
        form: what the loss takes the outputs for.
        smoothing: label smoothing in [0, 1).
        weight: a weight a class.
        pos_weight: how much a positive counts more, one number or one a column.
        ignore: the class that isn't counted.
        reduction: `mean`, or `sum` over examples.
        broadcast: outputs and targets of different shapes were spread over each other.
        channels_last: whether classes are the last axis of the outputs and not the second; None: whichever fits.

    Example:
        >>> Objective(kind="bce", form="logits").unit
        'nats'
    """

    kind: Kind
    form: Form
    smoothing: float = 0.0
    weight: tuple[float, ...] | None = None
    pos_weight: tuple[float, ...] | None = None
    ignore: int = -100
    reduction: Literal["mean", "sum"] = "mean"
    broadcast: bool = False
    channels_last: bool | None = None

    @property
    def unit(self) -> str:
        """Return the unit of the loss."""
        match self.kind:
            case "cross-entropy" | "bce" | "poisson":
                return "nats"
            case "mse":
                return "squared units"
            case "mae":
                return "units"
            case _:
                assert_never(self.kind)


def predicted(objective: Objective, outputs: Floats) -> Floats:
    """Return what the outputs predict: probabilities, rates or values, shape (rows, classes or columns).

    Example:
        >>> predicted(Objective(kind="bce", form="logits"), np.array([[0.0]])).tolist()
        [[0.5]]
    """
    if objective.kind == "poisson":
        return np.asarray(np.exp(np.minimum(outputs, 700.0)))
    if objective.form == "logits":
        if objective.kind == "cross-entropy":
            return np.asarray(special.softmax(outputs, axis=1))
        return np.asarray(special.expit(outputs))
    return np.exp(outputs) if objective.form == "log-probabilities" else outputs


def example_losses(objective: Objective, outputs: Floats, targets: Floats) -> Floats:
    """Return the loss of each row, shape (rows,); the mean over columns where there are several.

    Args:
        objective: what the loss is.
        outputs: shape (rows, classes) for cross-entropy, else (rows, columns).
        targets: classes (rows,), or class shares (rows, classes) for cross-entropy; else as `outputs`.

    Example:
        >>> losses = example_losses(Objective(kind="cross-entropy", form="logits"), np.zeros((1, 4)), np.array([2.0]))
        >>> round(float(losses[0]), 3)
        1.386
    """
    match objective.kind:
        case "cross-entropy":
            return _cross_entropy(log_probabilities(objective, outputs), targets, objective)
        case "bce":
            if objective.form == "logits":
                yes, no = special.log_expit(outputs), special.log_expit(-outputs)
            else:
                yes = np.log(np.maximum(outputs, LEAST_PROBABILITY))
                no = np.log(np.maximum(1 - outputs, LEAST_PROBABILITY))
            return weighed_binary(yes, no, targets, objective)
        case "mse":
            return np.asarray(((outputs - targets) ** 2).mean(axis=1))
        case "mae":
            return np.asarray(np.abs(outputs - targets).mean(axis=1))
        case "poisson":
            return np.asarray((np.exp(np.minimum(outputs, 700.0)) - targets * outputs).mean(axis=1))
        case _:
            assert_never(objective.kind)


def constant_losses(objective: Objective, constant: Floats, targets: Floats) -> Floats:
    """Return the loss of each row when the same is predicted every time.

    Args:
        objective: what the loss is.
        constant: what is predicted: shares (classes,), or probabilities, rates or values (columns,) or (rows, columns).
        targets: as for `example_losses`.

    Example:
        >>> constant_losses(Objective(kind="mse", form="values"), np.array([1.0]), np.array([[0.0], [3.0]])).tolist()
        [1.0, 4.0]
    """
    match objective.kind:
        case "cross-entropy":
            logs = np.log(np.maximum(constant, LEAST_PROBABILITY))
            return _cross_entropy(np.broadcast_to(logs, (len(targets), len(logs))), targets, objective)
        case "bce":
            logs = np.log(np.maximum(constant, LEAST_PROBABILITY))
            noes = np.log(np.maximum(1 - constant, LEAST_PROBABILITY))
            return weighed_binary(logs, noes, targets, objective)
        case "poisson":
            rate = np.maximum(constant, LEAST_PROBABILITY)
            return np.asarray((rate - targets * np.log(rate)).mean(axis=1))
        case "mse" | "mae":
            return example_losses(
                Objective(kind=objective.kind, form="values"),
                np.broadcast_to(constant, targets.shape),
                targets,
            )
        case _:
            assert_never(objective.kind)


def log_probabilities(objective: Objective, outputs: Floats) -> Floats:
    """Return ln q of each class, shape (rows, classes)."""
    match objective.form:
        case "logits":
            return np.asarray(special.log_softmax(outputs, axis=1))
        case "log-probabilities" | "values":
            return outputs
        case "probabilities":
            return np.log(np.maximum(outputs, LEAST_PROBABILITY))
        case _:
            assert_never(objective.form)


def weighed_binary(yes: Floats, no: Floats, targets: Floats, objective: Objective) -> Floats:
    """Return binary cross-entropies from ln q and ln(1 - q), shape (rows,)."""
    positive = 1.0 if objective.pos_weight is None else np.asarray(objective.pos_weight)
    return np.asarray(-(positive * targets * yes + (1 - targets) * no).mean(axis=1))


def smoothed(objective: Objective, targets: Floats, classes: int) -> Floats:
    """Return the targets as shares of classes after label smoothing, shape (rows, classes)."""
    shares = targets if targets.ndim == 2 else np.eye(classes)[targets.astype(np.int64)]
    return np.asarray((1 - objective.smoothing) * shares + objective.smoothing / classes)


def _cross_entropy(logs: Floats, targets: Floats, objective: Objective) -> Floats:
    classes = logs.shape[1]
    rows = np.arange(len(logs))
    if objective.weight is None and targets.ndim == 1:
        index = targets.astype(np.int64)
        losses = -(1 - objective.smoothing) * logs[rows, index]
        return losses - objective.smoothing * logs.mean(axis=1) if objective.smoothing else losses
    shares = smoothed(objective, targets, classes)
    weight = np.ones(classes) if objective.weight is None else np.asarray(objective.weight)
    losses = -(shares * weight * logs).sum(axis=1)
    if objective.weight is None or targets.ndim == 2:
        return np.asarray(losses)
    return np.asarray(losses / max(float(weight[targets.astype(np.int64)].mean()), LEAST_PROBABILITY))
