"""From paired outcomes to verdicts: better, worse, equivalent or undecided, for a family of contrasts at one look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

import numpy as np
from scipy import stats

from steelyard.stats.failures import weigh_failures
from steelyard.stats.interval import Mean, summarise
from steelyard.stats.needed import pairs_needed
from steelyard.stats.plan import Critical, LookPlan
from steelyard.stats.shape import shape_warnings
from steelyard.stats.verdict import Decision, Direction, PairedOutcomes, Verdict

_NEVER = Critical(difference=float("inf"), equivalence=float("inf"))


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
    contrast decided on the difference (or on equivalence) leaves its share to the others. Intervals are Bonferroni's, so
    that all of them hold together.

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
        ValueError: a margin that isn't positive and finite, more contrasts than the plan has, more seeds than it allows.

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
        raise ValueError(
            f"`margin` must be a positive number, but got {margin}; give the smallest difference that matters to you"
        )
    done = {verdict.contrast: verdict for verdict in earlier if verdict.decided}
    if len({each.contrast for each in outcomes} | set(done)) > plan.contrasts:
        raise ValueError(f"the plan is for {plan.contrasts} contrasts, but got {len(outcomes)}")
    family = _Family(plan=plan, margin=margin, direction=direction)
    family.take_over(done.values())
    open_ = [_Evidence.of(each, plan) for each in outcomes if each.contrast not in done]
    decisions = family.decide(open_)
    verdicts = {
        each.outcomes.contrast: _verdict(each, decisions[i], family, metric=metric)
        for i, each in enumerate(open_)
    }
    return tuple(done.get(each.contrast) or verdicts[each.contrast] for each in outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What one contrast shows: differences, the looks they were seen at, and failures."""

    outcomes: PairedOutcomes
    seeds: tuple[int | str, ...]
    differences: tuple[float, ...]
    mean: Mean
    taken: tuple[tuple[int, int], ...]
    failed_reference: tuple[int | str, ...]
    failed_level: tuple[int | str, ...]

    @classmethod
    def of(cls, outcomes: PairedOutcomes, plan: LookPlan) -> _Evidence:
        finished = np.isfinite(outcomes.reference) & np.isfinite(outcomes.level)
        differences = tuple(
            level - reference
            for level, reference, both in zip(outcomes.level, outcomes.reference, finished, strict=True)
            if both
        )
        taken: list[tuple[int, int]] = []
        for seeds_run in plan.schedule(len(outcomes.seeds)):
            pairs = int(finished[:seeds_run].sum())
            if pairs >= 2 and (not taken or pairs > taken[-1][1]):
                taken.append((seeds_run, pairs))
        return cls(
            outcomes=outcomes,
            seeds=tuple(seed for seed, both in zip(outcomes.seeds, finished, strict=True) if both),
            differences=differences,
            mean=summarise(differences),
            taken=tuple(taken),
            failed_reference=_failed(outcomes.seeds, outcomes.reference),
            failed_level=_failed(outcomes.seeds, outcomes.level),
        )

    def critical(self, plan: LookPlan, family: int) -> Critical:
        """Return the critical values now; those of an earlier look don't apply when no pair was added since."""
        if not self.taken:
            return _NEVER
        return plan.critical(self.taken, family=family)[-1]


@dataclass(slots=True, kw_only=True)
class _Family:
    """The contrasts that share the error, and how many steps Holm's procedure has gone in each kind of error."""

    plan: LookPlan
    margin: float
    direction: Direction
    differ: int = 0
    equal: int = 0

    def take_over(self, verdicts: object) -> None:
        """Count contrasts decided at earlier looks; those decided by failures leave no share."""
        for verdict in verdicts:  # type: ignore[attr-defined]  # a view of verdicts
            if verdict.decision == "equivalent":
                self.equal += 1
            elif not verdict.method.startswith("failed seeds"):
                self.differ += 1

    def decide(self, contrasts: Sequence[_Evidence]) -> list[tuple[Decision, str]]:
        """Return decision and basis (`metric`, `failures`, `withheld`, `holm`, "") of each contrast, by Holm's steps."""
        results: list[tuple[Decision, str]] = [("undecided", "")] * len(contrasts)
        changed = True
        while changed:
            changed = False
            for i, each in enumerate(contrasts):
                if results[i][0] == "undecided":
                    results[i] = self._one(each)
                    changed = changed or results[i][0] != "undecided"
        return results

    def _one(self, each: _Evidence) -> tuple[Decision, str]:
        failures = weigh_failures(
            level_only=len(set(each.failed_level) - set(each.failed_reference)),
            reference_only=len(set(each.failed_reference) - set(each.failed_level)),
        )
        if failures.e_value >= self.plan.contrasts / self.plan.alpha:
            return ("worse" if failures.more == "level" else "better"), "failures"
        found = self._by_metric(each)
        if failures.more and found == "equivalent":
            return "undecided", "withheld"
        if (failures.more, found) in {("level", "better"), ("reference", "worse")}:
            return "undecided", "withheld"
        if found == "equivalent":
            basis = "holm" if self.equal else "metric"
            self.equal += 1
        elif found != "undecided":
            basis = "holm" if self.differ else "metric"
            self.differ += 1
        else:
            basis = ""
        return found, basis

    def _by_metric(self, each: _Evidence) -> Decision:
        mean = each.mean
        if mean.pairs < 2:
            return "undecided"
        low, high = mean.interval(each.critical(self.plan, self.left("differ")).difference)
        if low > 0 or high < 0:
            improves = (high < 0) if self.direction == "lower" else (low > 0)
            return "better" if improves else "worse"
        low, high = mean.interval(each.critical(self.plan, self.left("equal")).equivalence)
        return "equivalent" if -self.margin < low and high < self.margin else "undecided"

    def left(self, kind: str) -> int:
        """Return how many contrasts still share the error of a kind."""
        return max(1, self.plan.contrasts - (self.differ if kind == "differ" else self.equal))


def _verdict(each: _Evidence, decided: tuple[Decision, str], family: _Family, *, metric: str) -> Verdict:
    decision, basis = decided
    plan, mean = family.plan, each.mean
    critical = each.critical(plan, plan.contrasts)
    needed: int | None = 0
    if decision == "undecided":
        needed = pairs_needed(
            mean,
            plan=plan,
            taken=each.taken,
            margin=family.margin,
            family=min(family.left("differ"), family.left("equal")),
        )
        if basis == "withheld":
            needed = None
    verdict = Verdict(
        contrast=each.outcomes.contrast,
        metric=metric,
        direction=family.direction,
        decision=decision,
        estimate=mean.mean,
        interval=mean.interval(critical.difference),
        equivalence_interval=mean.interval(critical.equivalence),
        level_two_sided=_two_sided(critical.difference, mean.pairs),
        level_equivalence=_two_sided(critical.equivalence, mean.pairs) / 2,
        margin=family.margin,
        pairs=mean.pairs,
        pairs_needed=needed,
        failed_reference=each.failed_reference,
        failed_level=each.failed_level,
        seeds=each.seeds,
        differences=each.differences,
        family=plan.contrasts,
        method="",
    )
    return replace(verdict, method=_method(each, plan, basis), warnings=_warnings(each, verdict, basis))


def _method(each: _Evidence, plan: LookPlan, basis: str) -> str:
    if basis == "failures":
        return "failed seeds (binomial e-process on seeds where one side failed)"
    looks = len(each.taken)
    match plan.kind:
        case "fixed":
            how = "paired t, one look"
        case "planned":
            how = f"paired t, group-sequential, look {looks} of at most {len(plan.looks)}"
        case "anytime":
            how = "always-valid t-mixture e-process"
        case _:
            assert_never(plan.kind)
    return how if plan.contrasts == 1 else f"{how}; {plan.contrasts} contrasts share the error rate"


def _warnings(each: _Evidence, verdict: Verdict, basis: str) -> tuple[str, ...]:
    contrast, mean = verdict.contrast, each.mean
    warnings: list[str] = []
    for name, seeds in ((contrast.reference, each.failed_reference), (contrast.level, each.failed_level)):
        if seeds:
            warnings.append(
                f"{name} failed on {len(seeds)} of {len(each.outcomes.seeds)} seeds ({_some(seeds)}): they make no pair"
            )
    if basis == "withheld":
        warnings.append(
            "the finished pairs alone would decide, but one side failed on more seeds: what finished may be a lucky "
            "selection, so no decision is given in its favour; find out why it fails"
        )
    if basis == "holm":
        low, high = verdict.interval
        covers = low <= 0 <= high if verdict.decision != "equivalent" else not verdict.within_margin
        if covers:
            warnings.append(
                "decided by a later step of Holm's procedure (other contrasts were decided first); the simultaneous "
                "interval shown is wider than the one that decided"
            )
    if 0 < mean.pairs < 4:
        warnings.append(
            f"only {mean.pairs} pair{'s' * (mean.pairs > 1)}: the interval rests on the assumption of normal differences"
        )
    if mean.pairs > 1 and mean.sd == 0:
        warnings.append(
            "all differences are the same number: the seed changes nothing here, so more pairs tell nothing; check that "
            "the trial uses its seed"
        )
    return (*warnings, *shape_warnings(each.differences))


def _failed(seeds: Sequence[int | str], values: Sequence[float]) -> tuple[int | str, ...]:
    return tuple(seed for seed, value in zip(seeds, values, strict=True) if not np.isfinite(value))


def _two_sided(critical: float, pairs: int) -> float:
    return float(2 * stats.t.sf(critical, pairs - 1)) if pairs > 1 else 0.0


def _some(seeds: Sequence[int | str]) -> str:
    shown = ", ".join(str(seed) for seed in seeds[:8])
    return shown if len(seeds) <= 8 else f"{shown}, ..."
