"""Where a number stands among the points of a scale, as one of a few words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from steelyard.weigh.scale import Scale

Standing = Literal[
    "beyond the floor",
    "at the floor",
    "better",
    "not distinguishable",
    "no better",
    "worse",
    "beyond the ceiling",
]
"""A number against the baseline and the floor; `beyond` the floor or the ceiling is impossible for a right number."""

SLACK = 0.005
"""Share of the way from baseline to floor that counts as nothing."""

NEARLY = 0.99
"""Skill from which a number counts as being at the floor."""


def skill_of(scale: Scale, value: float) -> float | None:
    """Return (baseline - value) / (baseline - floor), or None where that has no meaning.

    It is the skill score of Murphy (1988, eq. 4): 0 at the baseline, 1 at the floor, negative when worse than the
    baseline. Dividing by the signed room makes it the same for losses and for scores.

    Args:
        scale: the scale.
        value: a number in its unit; an infinite one has skill -inf or inf.

    Example:
        >>> from steelyard.weigh.scale import ReferencePoint, Scale
        >>> chance = ReferencePoint(name="chance", value=0.5, meaning="guessing")
        >>> perfect = ReferencePoint(name="floor", value=1.0, meaning="always right")
        >>> accuracy = Scale(loss="accuracy", unit="", direction="higher", baseline=chance, floor=perfect,
        ...                  references=(chance, perfect))
        >>> skill_of(accuracy, 0.75)
        0.5
    """
    room = scale.baseline.value - scale.floor.value
    if room == 0 or not math.isfinite(room):
        return None
    return (scale.baseline.value - value) / room


def standing_of(scale: Scale, value: float) -> Standing:
    """Return where a number stands.

    Numbers are often given with few digits, so up to half a percent of the way from baseline to floor is taken for
    rounding, except below a floor of exactly 0.

    Args:
        scale: the scale.
        value: a number in its unit, not nan.
    """
    return _impossible(scale, value) or _possible(scale, value)


def _impossible(scale: Scale, value: float) -> Standing | None:
    floor, ceiling = scale.floor.value, scale.ceiling
    room = abs(scale.baseline.value - floor)
    slack = SLACK * room if floor != 0 and math.isfinite(room) else 0.0
    if scale.gain(floor, value) > slack + _rounding(floor):
        return "beyond the floor"
    if ceiling is not None and scale.gain(value, ceiling.value) > _rounding(ceiling.value):
        return "beyond the ceiling"
    return None


def _possible(scale: Scale, value: float) -> Standing:
    low, high = scale.baseline_interval or (math.inf, -math.inf)
    if low <= value <= high:
        return "not distinguishable"
    baseline, skill = scale.baseline.value, skill_of(scale, value)
    if abs(value - baseline) <= _rounding(baseline) or (skill is not None and abs(skill) < SLACK):
        return "no better"
    if skill is not None and skill >= NEARLY:
        return "at the floor"
    return "better" if scale.gain(baseline, value) > 0 else "worse"


def _rounding(value: float) -> float:
    return 1e-9 * abs(value) if math.isfinite(value) else 0.0
