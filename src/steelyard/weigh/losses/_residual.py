"""Scales of losses that are a mean of some cost of the residuals: squared, absolute."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.weigh.digits import number, share
from steelyard.weigh.evidence import Evidence, require_one
from steelyard.weigh.sampling import sampling_note, spread_interval
from steelyard.weigh.scale import ReferencePoint, Scale
from steelyard.weigh.targets import numbers, varied

Residuals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """A loss of residuals, and its best constant prediction.

    Args:
        loss: its name.
        unit: its unit.
        cost: the cost of each residual.
        constant: the best constant prediction for some targets.
        called: what that constant is (`mean`, `median`).
        quantity: what its loss is ("the variance of the targets").
        outer: what is done with the mean cost (the root, for an RMSE); must be increasing.
    """

    loss: str
    unit: str
    cost: Callable[[Residuals], Residuals]
    constant: Callable[[Residuals], float]
    called: str
    quantity: str
    outer: Callable[[float], float] = float


def residual_scale(evidence: Evidence, residual: Residual) -> Scale:
    """Return the scale of a loss of residuals: the best constant, all-zero, and repeating the previous target.

    All-zero is a point where some targets are 0 and none is negative; persistence where the targets are ordered in time.
    Ordered targets depend on each other, so their baseline gets no interval.

    Raises:
        InputError: no targets; targets that aren't finite numbers, are all the same, or overflow when squared.
    """
    require_one(evidence, "targets", loss=residual.loss)
    y = varied(numbers(evidence.targets))
    constant = residual.constant(y)
    base = ReferencePoint(
        name=residual.called,
        value=_mean_cost(residual, y - constant),
        meaning=f"always predicting the {residual.called} of the targets, {number(constant)}",
        quantity=residual.quantity,
        predictor=f"always predicting the {residual.called}",
    )
    floor = ReferencePoint(name="floor", value=0.0, meaning="every target predicted exactly")
    points, notes = [base, floor], [*_zero_notes(y, constant)]
    if constant != 0 and y.min() >= 0 and (y == 0).any():
        points.insert(
            0,
            ReferencePoint(
                name="all zero",
                value=_mean_cost(residual, y),
                meaning="predicting 0 every time",
                predictor="predicting 0 every time",
            ),
        )
    interval = None
    if evidence.ordered:
        previous = _persistence(residual, y)
        points.append(previous)
        if previous.value < base.value:
            notes.append(
                f"Repeating the previous target ({number(previous.value)}) beats the {residual.called}: that is the one to beat here."
            )
    else:
        low, high = spread_interval(residual.cost(y - constant))
        interval = (residual.outer(low), residual.outer(high))
        notes.append(sampling_note(len(y), interval))
    return Scale(
        loss=residual.loss,
        unit=residual.unit,
        baseline=base,
        floor=floor,
        references=tuple(points),
        baseline_interval=interval,
        targets=len(y),
        notes=tuple(notes),
    )


def _mean_cost(residual: Residual, residuals: Residuals) -> float:
    with np.errstate(over="ignore", under="ignore"):
        mean = float(residual.cost(residuals).mean())
    if not math.isfinite(mean) or mean == 0:
        raise InputError(
            f"`targets` must have a spread that floats can hold, but their {residual.loss} is {mean}; rescale them"
        )
    return residual.outer(mean)


def _persistence(residual: Residual, y: Residuals) -> ReferencePoint:
    with np.errstate(over="ignore", under="ignore"):
        mean = float(residual.cost(np.diff(y)).mean())
    return ReferencePoint(
        name="persistence",
        value=residual.outer(mean),
        meaning="repeating the previous target (from the second on)",
        predictor="repeating the previous target",
    )


def _zero_notes(y: Residuals, constant: float) -> list[str]:
    zeros = float((y == 0).mean())
    if zeros <= 0.5 or y.min() < 0:
        return []
    best = (
        ", so 0 every time is the best constant: this loss rewards predicting nothing"
        if constant == 0
        else ""
    )
    return [f"{share(zeros)} of the targets are 0{best}; weigh events by bce or brier, counts by count."]
