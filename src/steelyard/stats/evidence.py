"""What one contrast shows so far: its differences, the looks they were seen at, and who failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steelyard.stats.failures import Failures, weigh_failures
from steelyard.stats.interval import Mean, summarise
from steelyard.stats.plan import Critical, LookPlan
from steelyard.stats.verdict import PairedOutcomes

_NEVER = Critical(difference=float("inf"), equivalence=float("inf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one contrast shows at a look.

    Args:
        outcomes: the metric of both sides, seed by seed.
        seeds: seeds on which both sides finished.
        differences: level minus reference on those seeds.
        mean: their mean and spread.
        taken: (seeds run, pairs) of every look that brought a new pair, this one included.
        planned: whether the plan has a look here; between looks nothing is decided.
        failed_reference: seeds on which the reference failed.
        failed_level: seeds on which the level failed.
    """

    outcomes: PairedOutcomes
    seeds: tuple[int | str, ...]
    differences: tuple[float, ...]
    mean: Mean
    taken: tuple[tuple[int, int], ...]
    planned: bool
    failed_reference: tuple[int | str, ...]
    failed_level: tuple[int | str, ...]

    @property
    def seeds_run(self) -> int:
        """Count the seeds that were run, finished or not."""
        return len(self.outcomes.seeds)

    @property
    def failures(self) -> Failures:
        """Weigh the seeds on which one side failed and the other didn't."""
        level, reference = set(self.failed_level), set(self.failed_reference)
        return weigh_failures(level_only=len(level - reference), reference_only=len(reference - level))

    def critical(self, plan: LookPlan, *, family: int) -> Critical:
        """Return the critical values now, for a family that shares the error; infinite before there are two pairs."""
        return plan.critical(self.taken, family=family)[-1] if self.taken else _NEVER


def gather(outcomes: PairedOutcomes, *, plan: LookPlan) -> Evidence:
    """Return what a contrast shows when this many seeds have run.

    Raises:
        InputError: more seeds than were planned, or differences too large to be averaged.

    Example:
        >>> from steelyard.stats.plan import planned_looks
        >>> from steelyard.stats.verdict import Contrast
        >>> outcomes = PairedOutcomes(
        ...     contrast=Contrast(factor="norm", reference="none", level="layer"), seeds=(0, 1, 2, 3, 4),
        ...     reference=(0.5, 0.5, 0.6, 0.5, 0.5), level=(0.4, 0.5, float("nan"), 0.4, 0.6))
        >>> seen = gather(outcomes, plan=planned_looks(20))
        >>> seen.mean.pairs, seen.taken, seen.failed_level
        (4, ((4, 3), (5, 4)), (2,))
    """
    reference, level = np.asarray(outcomes.reference, dtype=float), np.asarray(outcomes.level, dtype=float)
    finished = np.isfinite(reference) & np.isfinite(level)
    with np.errstate(over="ignore"):
        differences = tuple((level[finished] - reference[finished]).tolist())
    magnitude = max(np.abs(reference[finished]).max(initial=0), np.abs(level[finished]).max(initial=0))
    taken: list[tuple[int, int]] = []
    for seeds_run in plan.schedule(len(outcomes.seeds)):
        pairs = int(finished[:seeds_run].sum())
        if pairs >= 2 and (not taken or pairs > taken[-1][1]):
            taken.append((seeds_run, pairs))
    return Evidence(
        outcomes=outcomes,
        seeds=tuple(seed for seed, both in zip(outcomes.seeds, finished, strict=True) if both),
        differences=differences,
        mean=summarise(differences, magnitude=float(magnitude)),
        taken=tuple(taken),
        planned=plan.has_look(len(outcomes.seeds)),
        failed_reference=_failed(outcomes.seeds, outcomes.reference),
        failed_level=_failed(outcomes.seeds, outcomes.level),
    )


def _failed(seeds: Sequence[int | str], values: Sequence[float]) -> tuple[int | str, ...]:
    return tuple(seed for seed, value in zip(seeds, values, strict=True) if not np.isfinite(value))
