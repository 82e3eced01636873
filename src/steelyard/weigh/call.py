"""The verb `weigh`: a number, what is known of its targets, and what the number means."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.weigh.losses import Evidence, find_loss
from steelyard.weigh.losses.binary import base_rate_of_entropy
from steelyard.weigh.scale import Placement, Scale, convert, show

Unit = Literal["nats", "bits", "perplexity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """A scale, and where a number stands on it.

    Args:
        scale: the reference points.
        placement: where the number stands; None when no number was given.
    """

    scale: Scale
    placement: Placement | None

    def __str__(self) -> str:
        """Say what the number means, or what the baseline gets."""
        if self.placement is not None:
            return self.placement.sentence
        baseline = self.scale.baseline
        return f"{baseline.predictor or baseline.name} gets {show(baseline.value)} {self.scale.unit}"

    def to_dict(self) -> dict[str, Any]:
        """Return scale and placement as plain JSON values, each reference point in every unit that applies."""
        described = self.scale.to_dict()
        for point in described["references"]:
            value = point["value"]
            point["conversions"] = {} if value is None else convert(value, unit=self.scale.unit)
        placement = None if self.placement is None else self.placement.to_dict()
        return {"loss": self.scale.loss, "unit": self.scale.unit, "scale": described, "placement": placement}

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        return f"<p>{html.escape(str(self))}</p>{self.scale._repr_html_()}"


def weigh(
    value: float | None = None,
    *,
    loss: str,
    base_rate: float | None = None,
    classes: int | None = None,
    targets: Any = None,
    unit: Unit = "nats",
    smoothing: float = 0.0,
    ordered: bool = False,
    full: bool = False,
) -> Weighing:
    """Return what a loss means: its place between a trivial predictor and the best attainable.

    Args:
        value: the loss, averaged over targets; None for the reference points alone.
        loss: `bce`, `cross-entropy`, `mse`, `rmse`, `mae`, `poisson`, `count` or `brier`.
        base_rate: share of positives in 0 to 1 (`bce`, `brier`).
        classes: number of classes (`cross-entropy`).
        targets: what was to be predicted, one-dimensional: a list, array, tensor or column.
        unit: unit of `value`, for losses in nats.
        smoothing: label smoothing in 0 to 1 (`cross-entropy`).
        ordered: targets are in order of time, so that persistence is a baseline (`mse`, `rmse`, `mae`).
        full: the loss keeps its log(y!) term (`poisson`).

    Raises:
        InputError: an unknown loss, evidence that doesn't fit it, targets it can't be computed on, a value that can't be.

    Example:
        >>> print(weigh(0.5, loss="bce", base_rate=0.05))
        0.500 nats is 2.5 times the entropy of a 5% base rate (0.199): worse than always predicting the base rate; it is the entropy
        of a 20% base rate
        >>> round(weigh(3.0, loss="mse", targets=[0, 2, 4, 6]).placement.skill, 2)
        0.4
    """
    evidence = Evidence(
        targets=None if targets is None else _one_dimensional(targets),
        base_rate=base_rate,
        classes=classes,
        smoothing=smoothing,
        ordered=ordered,
        full=full,
    )
    scale = find_loss(loss).build_scale(evidence)
    if value is None:
        return Weighing(scale=scale, placement=None)
    number = _in_unit(float(value), unit=unit, scale=scale)
    placement = scale.place(number)
    if loss != "poisson" and number < 0:
        raise InputError(
            f"{loss} must not be negative, but got {value}; check its sign, and whether it is a log likelihood"
        )
    if loss == "bce":
        placement = _with_base_rate(placement, scale)
    return Weighing(scale=scale, placement=placement)


def _with_base_rate(placement: Placement, scale: Scale) -> Placement:
    """Add the base rate for which this loss would be trivial, where the number is worse than trivial."""
    rate = base_rate_of_entropy(placement.value)
    if rate is None or placement.skill is None or placement.skill > -0.005 or scale.floor.value > 0:
        return placement
    return Placement(
        value=placement.value,
        skill=placement.skill,
        conversions=placement.conversions,
        sentence=f"{placement.sentence}; it is the entropy of a {100 * rate:.3g}% base rate",
    )


def _in_unit(value: float, *, unit: str, scale: Scale) -> float:
    if unit == "nats":
        return value
    if unit not in ("bits", "perplexity"):
        raise InputError(f"the unit must be nats, bits or perplexity, but got {unit!r}")
    if scale.unit != "nats":
        raise InputError(f"{scale.loss} is in {scale.unit}, so its unit can't be {unit}; leave the unit out")
    if unit == "bits":
        return value * math.log(2)
    if value < 1:
        raise InputError(f"a perplexity must be at least 1, but got {value}")
    return math.log(value)


def _one_dimensional(targets: Any) -> NDArray[np.generic]:
    if hasattr(targets, "detach"):  # a torch tensor, wherever it lives
        targets = targets.detach().cpu()
    array = np.asarray(targets)
    if array.ndim == 2 and 1 in array.shape:
        array = array.reshape(-1)
    if array.ndim != 1 or len(array) == 0:
        raise InputError(f"`targets` must be one-dimensional and not empty, but got shape {array.shape}")
    if array.dtype.kind == "O":
        missing = [position for position, each in enumerate(array) if each is None or each != each]  # noqa: PLR0124 - nan
        if missing:
            raise InputError(
                f"targets must not be missing, but {len(missing)} are, the first at position {missing[0]}"
            )
    return array
