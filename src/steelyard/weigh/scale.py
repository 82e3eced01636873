"""A scale: a unit, a direction and named reference points that a number is placed between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Direction = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePoint:
    """A number whose meaning is known: what some stated predictor gets."""

    name: str
    value: float
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a number stands on a scale.

    Args:
        value: the number, in the scale's unit.
        skill: (baseline - value) / (baseline - floor): 0 at the baseline, 1 at the floor, negative when worse than
            the baseline; None where the two coincide.
        conversions: the same number in other units (`bits`, `perplexity`, ...).
        sentence: what it means, in one plain sentence.
    """

    value: float
    skill: float | None
    conversions: Mapping[str, float]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Reference points that a loss or score is weighed against.

    Args:
        loss: what is weighed (`bce`, `cross-entropy`, `mse`, ...).
        unit: unit of the values (`nats`, `nats per day`, `squared units`, ...).
        direction: which way the number improves.
        baseline: what a trivial predictor gets; skill 0.
        floor: the best attainable (skill 1).
        references: all named points, the baseline and the floor among them.
        notes: what to know before trusting it, each a sentence.
    """

    loss: str
    unit: str
    direction: Direction = "lower"
    baseline: ReferencePoint
    floor: ReferencePoint
    references: tuple[ReferencePoint, ...]
    notes: tuple[str, ...] = field(default=())

    def place(self, value: float) -> Placement:
        """Place a number on the scale (to be written by whoever completes this file)."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as plain JSON values."""
        raise NotImplementedError
