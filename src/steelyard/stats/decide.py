"""From paired outcomes to verdicts: better, worse, equivalent or undecided, for a family of contrasts at one look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

import numpy as np
from scipy import special

from steelyard.errors import InputError
from steelyard.stats.doubts import doubts
from steelyard.stats.evidence import Evidence, gather
from steelyard.stats.family import Basis, Decided, Family
from steelyard.stats.needed import pairs_needed
from steelyard.stats.plan import LookPlan
from steelyard.stats.verdict import BY_FAILURES, Direction, PairedOutcomes, Verdict


def weigh_contrasts(
    outcomes: Sequence[PairedOutcomes],
    *,
    metric: str,
    direction: Direction,
    margin: float,
    plan: LookPlan,
    earlier: Sequence[Verdict] = (),
) -> tuple[Verdict, ...]:
    """Return one verdict a contrast, given all seeds run so far.

    Better or worse: the interval excludes 0. Equivalent: the equivalence interval lies inside the margin. Several
    contrasts share the error by Holm's (1979) steps, carried through the looks as Maurer and Bretz (2013) show: each
    contrast decided on the difference (or on equivalence) leaves its share to the others, whose boundary is then that of
    the larger share from the first look on, applied from this look on. Intervals are Bonferroni's, so that all of them
    hold together.

    Call it at the looks of the plan. Between them (an interrupted study) a group-sequential plan decides nothing, since
    an unplanned look would have to be paid for at every later one.

    A seed on which a side failed makes no pair. The side that failed on more seeds is never called better, nor the two
    equivalent; it is called worse once its failures alone are evidence (`failures`, with an error rate of its own).

    Args:
        outcomes: metric by seed for both sides of each contrast, in the order in which the seeds were run.
        metric: name of the metric.
        direction: which way it improves.
        margin: smallest difference that would change what one does, > 0.
        plan: when one looks; the family is `plan.contrasts`, which may be larger than the contrasts given.
        earlier: verdicts of earlier looks; decided ones stay as they are.

    Raises:
        InputError: a margin that isn't positive and finite, a contrast given twice, more contrasts than the plan has, more
            seeds than it allows, differences too large to be averaged.

    Example:
        >>> from steelyard.stats.plan import fixed_sample
        >>> from steelyard.stats.verdict import Contrast
        >>> pair = PairedOutcomes(
        ...     contrast=Contrast(factor="norm", reference="none", level="layer"),
        ...     seeds=(0, 1, 2, 3),
        ...     reference=(0.50, 0.55, 0.52, 0.51),
        ...     level=(0.40, 0.46, 0.41, 0.42),
        ... )
        >>> verdict, = weigh_contrasts(
        ...     [pair], metric="loss", direction="lower", margin=0.01, plan=fixed_sample(4))
        >>> verdict.decision, round(verdict.estimate, 4)
        ('better', -0.0975)
    """
    if not (np.isfinite(margin) and margin > 0):
        raise InputError(
            f"`margin` must be a positive number, but got {margin}; give the smallest difference that matters to you"
        )
    given = [each.contrast for each in outcomes]
    if len(set(given)) < len(given):
        raise InputError(
            f"each contrast must be given once, but got {', '.join(str(each) for each in given)}"
        )
    done = {verdict.contrast: verdict for verdict in earlier if verdict.decided}
    if (most := len({*given, *done})) > plan.contrasts:
        raise InputError(f"at most the {plan.contrasts} contrasts planned may be weighed, but got {most}")
    family = Family(plan=plan, margin=margin, direction=direction)
    family.take_over(done.values())
    open_ = [gather(each, plan=plan) for each in outcomes if each.contrast not in done]
    decided = family.decide(open_)
    found = {
        each.outcomes.contrast: _verdict(each, how, family, metric=metric)
        for each, how in zip(open_, decided, strict=True)
    }
    return tuple((done | found)[contrast] for contrast in given)


def _verdict(each: Evidence, decided: Decided, family: Family, *, metric: str) -> Verdict:
    plan, mean = family.plan, each.mean
    critical = each.critical(plan, family=plan.contrasts)
    verdict = Verdict(
        contrast=each.outcomes.contrast,
        metric=metric,
        direction=family.direction,
        decision=decided.decision,
        estimate=mean.mean,
        interval=mean.interval(critical.difference),
        equivalence_interval=mean.interval(critical.equivalence),
        level_two_sided=2 * _beyond(critical.difference, mean.pairs),
        level_equivalence=_beyond(critical.equivalence, mean.pairs),
        margin=family.margin,
        pairs=mean.pairs,
        pairs_needed=_needed(each, decided, family),
        failed_reference=each.failed_reference,
        failed_level=each.failed_level,
        seeds=each.seeds,
        differences=each.differences,
        family=plan.contrasts,
        method=_method(each, plan, decided.basis),
    )
    return replace(verdict, warnings=doubts(each, verdict=verdict, basis=decided.basis, plan=plan))


def _needed(each: Evidence, decided: Decided, family: Family) -> int | None:
    if decided.decision != "undecided":
        return 0
    if decided.basis == "withheld":
        return None
    return pairs_needed(
        each.mean,
        plan=family.plan,
        taken=each.taken,
        margin=family.margin,
        family=family.left("difference"),
        equivalence_family=family.left("equivalence"),
        seeds_run=each.seeds_run,
    )


def _method(each: Evidence, plan: LookPlan, basis: Basis) -> str:
    if basis == "failures":
        return BY_FAILURES
    match plan.kind:
        case "fixed":
            how = "paired t, one look"
        case "planned" if not each.planned:
            how = f"paired t, group-sequential, between looks (at most {len(plan.looks)})"
        case "planned":
            how = f"paired t, group-sequential, look {plan.looks.index(each.seeds_run) + 1} of at most {len(plan.looks)}"
        case "anytime":
            how = "always-valid t-mixture e-process"
        case _:
            assert_never(plan.kind)
    return how if plan.contrasts == 1 else f"{how}; {plan.contrasts} contrasts share the error rate"


def _beyond(critical: float, pairs: int) -> float:
    """Return the probability of t above a critical value at a single look."""
    return float(special.stdtr(pairs - 1, -critical)) if pairs > 1 else 0.0
