"""`steelyard.weigh(...)`: what a loss value means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, SupportsFloat

from steelyard.errors import InputError
from steelyard.weigh.evidence import Evidence, check_count
from steelyard.weigh.losses import find_loss
from steelyard.weigh.units import LogUnit
from steelyard.weigh.weighing import Weighing

__all__ = ["Weighing", "weigh"]


def weigh(
    value: SupportsFloat | None = None,
    *,
    loss: str,
    base_rate: float | None = None,
    classes: int | None = None,
    frequencies: Sequence[float] | None = None,
    targets: Any = None,
    n: int | None = None,
    unit: LogUnit | None = None,
    smoothing: float = 0.0,
    ordered: bool = False,
    full: bool = False,
) -> Weighing:
    """Return what a loss value means: its place between a trivial predictor and the best attainable.

    What must be known about the targets depends on the loss: `bce` takes a base rate or the targets; `cross-entropy`
    classes, frequencies, a base rate or targets; `brier` any of these; `mse`, `rmse`, `mae`, `poisson` and `count` the
    targets.

    Args:
        value: the loss, a mean over examples; without it only the reference points are returned.
        loss: `bce`, `cross-entropy`, `mse`, `rmse`, `mae`, `poisson`, `count` or `brier`.
        base_rate: how often the target is 1, in (0, 1).
        classes: number of classes, 2 or more.
        frequencies: how often each class is the target: shares that sum to 1, or counts.
        targets: the targets that the loss was measured on, 1-D: a list, a numpy array, a pandas or polars Series, a
            torch tensor. Numbers; for classes also strings.
        n: how many targets `base_rate` or `frequencies` were estimated from; gives the baseline its interval.
        unit: unit of `value`: `nats` (natural logarithm), `bits` or `perplexity`; default: the scale's unit.
        smoothing: label smoothing that the loss was computed with (torch's `label_smoothing`), in [0, 1).
        ordered: the targets are ordered in time: repeating the previous one becomes a reference point.
        full: the Poisson loss includes ln y! (torch's `full=True`).

    Returns:
        The scale, the placement with its sentence, and remarks.

    Raises:
        InputError: an unknown loss; evidence that the loss can't use, lacks or finds impossible (a base rate outside
            (0, 1), targets that are missing, not finite or all the same); a value that is nan or not a number.

    Example:
        >>> print(weigh(0.5, loss="bce", base_rate=0.05))
        0.500 nats is 2.5 times the entropy of a 5% base rate (0.199): worse than always predicting the base rate
        >>> print(weigh(0.81, loss="mse", targets=[0.0, 0.0, 3.0, 1.0]))
        0.810 squared units is 0.54 times the variance of the targets (1.50): not distinguishable from always predicting
        the mean with 4 targets
        >>> weigh(2.3, loss="cross-entropy", classes=10, unit="bits").placement.skill
        0.3076...

    When it is wrong: the value is a sum, or has a penalty or class weights in it; or the targets aren't those that the
    loss was measured on (a training set with another base rate).
    """
    found = find_loss(loss)
    number = None if value is None else _number(value)
    evidence = Evidence(
        base_rate=base_rate,
        classes=classes,
        frequencies=frequencies,
        targets=targets,
        n=n,
        smoothing=smoothing,
        ordered=ordered,
        full=full,
    )
    useless = sorted(evidence.given() - found.accepts)
    if useless:
        raise InputError(
            f"{found.name} must be weighed by {', '.join(f'`{name}`' for name in sorted(found.accepts))}, but got "
            f"`{useless[0]}`; leave it out"
        )
    check_count(evidence)
    scale = found.scale(evidence)
    if number is None:
        return Weighing(scale=scale, placement=None)
    placement = scale.place(number, unit=unit)
    return Weighing(scale=scale, placement=placement, remarks=found.remarks(placement, scale))


def _number(value: SupportsFloat) -> float:
    detach = getattr(value, "detach", None)  # a torch loss that still has its graph
    try:
        return float(value if detach is None else detach())
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`value` must be one number, but got {value!r}; take the mean over examples"
        ) from error
