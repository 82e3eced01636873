"""One plain sentence for a number on a scale: how it compares with the baseline, and what that comes to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, assert_never

from steelyard.weigh.digits import digits_apart, number, way
from steelyard.weigh.standing import Standing, skill_of
from steelyard.weigh.units import has_bits

if TYPE_CHECKING:
    from steelyard.weigh.scale import ReferencePoint, Scale


def sentence(
    scale: Scale, value: float, *, standing: Standing, given: tuple[float, str] | None = None
) -> str:
    """Return what a number means on a scale, in one plain sentence without a full stop.

    Args:
        scale: the scale.
        value: the number, in the scale's unit; not nan.
        standing: where it stands.
        given: the number and the unit it was given in, when that isn't the scale's.
    """
    worse, better = _neighbours(scale, value)
    shown = [point.value for point in (scale.baseline, worse, better) if point is not None]
    digits = digits_apart(value, *shown)
    subject = _quantity(number(value, digits=digits), scale.unit)
    if given is not None:
        subject = f"{_quantity(number(given[0], digits=digits), given[1])} ({subject})"
    verdict = _verdict(scale, value, standing=standing, worse=worse, better=better, digits=digits)
    baseline = number(scale.baseline.value, digits=digits)
    if math.isinf(value) and standing == "worse":
        blame = ": something happened that was given probability 0" if has_bits(scale.unit) else ""
        return f"{subject} is worse than {scale.baseline.described} ({baseline}) and than any finite number{blame}"
    return f"{subject} is {_relation(scale, value)}{scale.baseline.called} ({baseline}): {verdict}"


def _quantity(text: str, unit: str) -> str:
    if unit == "perplexity":
        return f"perplexity {text}"
    return f"{text} {unit}" if unit else text


def _relation(scale: Scale, value: float) -> str:
    """Say how a number compares with the baseline: a ratio where the floor is 0, else a difference."""
    baseline = scale.baseline.value
    if math.isclose(value, baseline, rel_tol=1e-9, abs_tol=1e-12):
        return ""
    if scale.floor.value == 0 and value > 0 and 0 < baseline < math.inf:
        ratio = value / baseline
        if not 0.9 < ratio < 1.1:
            return f"{number(ratio, digits=2)} times "
    return f"{number(abs(value - baseline), digits=2)} {'above' if value > baseline else 'below'} "


def _verdict(
    scale: Scale,
    value: float,
    *,
    standing: Standing,
    worse: ReferencePoint | None,
    better: ReferencePoint | None,
    digits: int,
) -> str:
    skill = skill_of(scale, value)
    baseline, floor = scale.baseline, scale.floor

    def named(point: ReferencePoint) -> str:
        return f"{point.described} ({number(point.value, digits=digits)})"

    the_floor = (
        f"{'the floor' if floor.name == 'floor' else floor.name} ({number(floor.value, digits=digits)})"
    )
    match standing:
        case "beyond the floor":
            said = f"better than {the_floor}, the best attainable, which can't be: check its unit, its sign, and that it is a mean"
        case "beyond the ceiling":
            assert scale.ceiling is not None
            said = f"worse than {named(scale.ceiling)}, the worst possible, which can't be: check its unit, and that it is a mean"
        case "at the floor":
            said = f"{'at' if skill == 1 else 'almost at'} {the_floor}"
        case "not distinguishable":
            among = "" if scale.targets is None else f" with {scale.targets:,} targets"
            said = f"not distinguishable from {baseline.described}{among}"
        case "no better" if skill is None:
            said = f"no better than {baseline.described}, and nothing can be: it is the floor too"
        case "no better":
            said = f"{'hardly' if skill is not None and skill > 0 else 'no'} better than {baseline.described}"
        case "worse":
            also = "" if worse is None or worse.name == baseline.name else f", and than {named(worse)}"
            said = f"worse than {baseline.described}{also}"
        case "better":
            nearest = worse is None or worse.name == baseline.name
            beaten = baseline.described if worse is None or nearest else named(worse)
            start = "" if nearest else f"from {baseline.described} "
            short = "" if better is None or better.name == floor.name else f", not as good as {named(better)}"
            far = "" if skill is None else f", {way(skill)} of the way {start}to {the_floor}"
            said = f"better than {beaten}{short}{far}"
        case _:
            assert_never(standing)
    return said


def _neighbours(scale: Scale, value: float) -> tuple[ReferencePoint | None, ReferencePoint | None]:
    """Return the best point that a number beats or, below them all, the worst one it loses to; and the next better one.

    For a number worse than the baseline the first is the worst point that it is worse than.
    """
    finite = [point for point in scale.points if math.isfinite(point.value)]  # the worst first
    beaten = [point for point in finite if scale.gain(point.value, value) > 0]
    unbeaten = [point for point in finite if scale.gain(point.value, value) < 0]
    if scale.gain(scale.baseline.value, value) < 0:
        worse_than = [p for p in unbeaten if scale.gain(scale.baseline.value, p.value) <= 0]
        return (worse_than[0] if worse_than else None, None)
    return (beaten[-1] if beaten else None, unbeaten[0] if unbeaten else None)
