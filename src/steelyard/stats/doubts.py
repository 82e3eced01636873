"""Reasons to doubt a verdict, each a sentence for the person who reads it."""

from __future__ import annotations

from collections.abc import Sequence

from steelyard.stats.evidence import Evidence
from steelyard.stats.family import Basis
from steelyard.stats.plan import LookPlan
from steelyard.stats.shape import shape_warnings
from steelyard.stats.verdict import Verdict

_SHOWN = 8


def doubts(each: Evidence, *, verdict: Verdict, basis: Basis, plan: LookPlan) -> tuple[str, ...]:
    """Return the warnings that belong to a verdict: failures, Holm's later steps, few, equal or ill-shaped differences.

    Args:
        each: what the contrast shows.
        verdict: what it came to, without its warnings.
        basis: what the decision rests on.
        plan: when one looks.
    """
    pairs = each.mean.pairs
    warnings = [*_failed(each)]
    if basis == "withheld":
        warnings.append(
            "the finished pairs alone would decide, but one side failed on more seeds: what finished may be a lucky "
            "selection, so no decision is given in its favour; find out why it fails"
        )
    if not each.planned and pairs > 1:
        following = next(
            (f" (the next look is at {look} seeds)" for look in plan.looks if look > each.seeds_run), ""
        )
        warnings.append(
            f"nothing is decided between planned looks{following}: the interval is for information"
        )
    if basis == "metric" and not _shown_by_interval(verdict):
        warnings.append(
            "decided by a later step of Holm's procedure (other contrasts were decided first); the simultaneous "
            "interval shown is wider than the one that decided"
        )
    if 0 < pairs < 4:
        warnings.append(
            f"only {pairs} pair{'s' * (pairs > 1)}: the interval rests on the assumption of normal differences"
        )
    if pairs > 1 and each.mean.sd == 0:
        warnings.append(
            "all differences are the same number, so no spread is seen and the interval has no width; check that the trial "
            "uses its seed and that the metric isn't too coarse"
        )
        return tuple(warnings)
    return (*warnings, *shape_warnings(each.differences))


def _failed(each: Evidence) -> list[str]:
    contrast = each.outcomes.contrast
    sides = ((contrast.reference, each.failed_reference), (contrast.level, each.failed_level))
    return [
        f"{name} failed on {len(seeds)} of {each.seeds_run} seeds ({_some(seeds)}): they make no pair"
        for name, seeds in sides
        if seeds
    ]


def _shown_by_interval(verdict: Verdict) -> bool:
    if verdict.decision == "equivalent":
        return verdict.within_margin
    low, high = verdict.interval
    return not low <= 0 <= high


def _some(seeds: Sequence[int | str]) -> str:
    shown = ", ".join(str(seed) for seed in seeds[:_SHOWN])
    return shown if len(seeds) <= _SHOWN else f"{shown}, ..."
