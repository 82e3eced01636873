"""Decide a family of contrasts at one look: Holm's steps, and what failed seeds allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from steelyard.stats.evidence import Evidence
from steelyard.stats.plan import LookPlan
from steelyard.stats.verdict import BY_FAILURES, Decision, Direction, Verdict

ErrorKind = Literal["difference", "equivalence"]
Basis = Literal["metric", "failures", "withheld", "nothing"]
"""What a decision rests on; `withheld`: the finished pairs would decide, in favour of a side that failed more often."""


class Decided(NamedTuple):
    """A decision and what it rests on."""

    decision: Decision
    basis: Basis


_OPEN = Decided("undecided", "nothing")
_WITHHELD = Decided("undecided", "withheld")


@dataclass(slots=True, kw_only=True)
class Family:
    """The contrasts that share the error, and how many of them are decided so far.

    False better-or-worse and false equivalence are two errors with a Holm procedure each: a contrast decided on the one
    leaves its share of that one to the others, and keeps its share of the other.

    Args:
        plan: how error is spent; `plan.contrasts` is the size of the family.
        margin: smallest difference that matters.
        direction: which way the metric improves.
        decided: contrasts decided, by kind of error.

    Example:
        >>> from steelyard.stats.evidence import gather
        >>> from steelyard.stats.plan import fixed_sample
        >>> from steelyard.stats.verdict import Contrast, PairedOutcomes
        >>> outcomes = PairedOutcomes(
        ...     contrast=Contrast(factor="norm", reference="none", level="layer"), seeds=(0, 1, 2),
        ...     reference=(0.5, 0.6, 0.7), level=(0.4, 0.5, 0.61))
        >>> plan = fixed_sample(3, contrasts=2)
        >>> family = Family(plan=plan, margin=0.01, direction="lower")
        >>> family.decide([gather(outcomes, plan=plan)]), family.left("difference")
        ([Decided(decision='better', basis='metric')], 1)
    """

    plan: LookPlan
    margin: float
    direction: Direction
    decided: Counter[ErrorKind] = field(default_factory=Counter)

    def take_over(self, verdicts: Iterable[Verdict]) -> None:
        """Count what earlier looks decided; a contrast decided by failures used no share, so it leaves none."""
        for verdict in verdicts:
            if verdict.decision == "equivalent":
                self.decided["equivalence"] += 1
            elif verdict.decided and verdict.method != BY_FAILURES:
                self.decided["difference"] += 1

    def left(self, kind: ErrorKind) -> int:
        """Count the contrasts that still share the error of a kind."""
        return max(1, self.plan.contrasts - self.decided[kind])

    def decide(self, contrasts: Sequence[Evidence]) -> list[Decided]:
        """Return the decision on each open contrast; it doesn't depend on their order.

        All steps of better-or-worse come before those of equivalence: a contrast that a later step calls better isn't
        called equivalent because it stood first.
        """
        results = [self._by_failures(each) for each in contrasts]
        for kind in ("difference", "equivalence"):
            while self._step(kind, contrasts, results):
                pass
        return results

    def _step(self, kind: ErrorKind, contrasts: Sequence[Evidence], results: list[Decided]) -> bool:
        """Try the open contrasts at the present share; say whether any was decided, so that the others' share grew."""
        found = {
            i: self._by_metric(kind, each)
            for i, each in enumerate(contrasts)
            if results[i] == _OPEN and each.planned
        }
        for i, decided in found.items():
            results[i] = decided
        count = sum(decided.decision != "undecided" for decided in found.values())
        self.decided[kind] += count
        return count > 0

    def _by_failures(self, each: Evidence) -> Decided:
        """Call the side worse whose failures alone are evidence; valid at any time, with an error rate of its own."""
        if each.failures.e_value < self.plan.contrasts / self.plan.alpha:
            return _OPEN
        return Decided("worse" if each.failures.more == "level" else "better", "failures")

    def _by_metric(self, kind: ErrorKind, each: Evidence) -> Decided:
        critical, more_failed = each.critical(self.plan, family=self.left(kind)), each.failures.more
        if kind == "difference":
            low, high = each.mean.interval(critical.difference)
            if low <= 0 <= high:
                return _OPEN
            improves = high < 0 if self.direction == "lower" else low > 0
            if more_failed == ("level" if improves else "reference"):
                return _WITHHELD
            return Decided("better" if improves else "worse", "metric")
        low, high = each.mean.interval(critical.equivalence)
        if not (-self.margin < low and high < self.margin):
            return _OPEN
        return _WITHHELD if more_failed else Decided("equivalent", "metric")
