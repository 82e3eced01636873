"""How many more pairs would decide, at the mean and spread seen so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from steelyard.stats.interval import Mean
from steelyard.stats.plan import Critical, LookPlan, anytime, fixed_sample

_MOST = 1_000_000_000


def decides(mean: Mean, *, pairs: int, critical: Critical, margin: float) -> bool:
    """Say whether the mean and spread, seen on this many pairs, would decide.

    Example:
        >>> seen = Mean(mean=1.0, sd=1.0, pairs=4)
        >>> decides(seen, pairs=9, critical=Critical(difference=2.3, equivalence=1.9), margin=0.5)
        True
    """
    root = float(np.sqrt(pairs))
    better = abs(mean.mean) * root > critical.difference * mean.sd
    equivalent = critical.equivalence * mean.sd < (margin - abs(mean.mean)) * root
    return better or equivalent


def pairs_needed(
    mean: Mean,
    *,
    plan: LookPlan,
    taken: Sequence[tuple[int, int]],
    margin: float,
    family: int,
    equivalence_family: int | None = None,
    seeds_run: int | None = None,
) -> int | None:
    """Return how many further pairs would decide if mean and spread stayed as they are; None if unknown.

    Within a plan its coming looks are tried in turn; past its end the always-valid interval is (as for a study that
    is extended), and for a fixed sample the same test at a larger size.

    Args:
        mean: the differences so far.
        plan: how they are looked at.
        taken: (seeds run, pairs) of the looks so far.
        margin: smallest difference that matters.
        family: contrasts that share the error of a false better or worse at this point.
        equivalence_family: contrasts that share the error of a false equivalent; default as `family`.
        seeds_run: seeds run so far, finished or not; default those of the last look.

    Example:
        >>> from steelyard.stats.plan import planned_looks
        >>> seen = Mean(mean=0.0, sd=1.0, pairs=5)
        >>> pairs_needed(seen, plan=planned_looks(20), taken=[(4, 4), (5, 5)], margin=1.0, family=1)
        4

    When it is wrong: the mean and spread of a few pairs are themselves uncertain; take it as the order of magnitude.
    """
    if mean.pairs < 2 or not np.isfinite(mean.sd):
        return None
    families = (family, equivalence_family or family)
    if seeds_run is None:
        seeds_run = taken[-1][0] if taken else mean.pairs
    failed = seeds_run - mean.pairs
    if plan.kind == "planned":
        coming = [(look, look - failed) for look in plan.looks if look > seeds_run]
        ahead = _critical(plan, [*taken, *coming], families)[len(taken) :]
        for (_, pairs), critical in zip(coming, ahead, strict=True):
            if decides(mean, pairs=pairs, critical=critical, margin=margin):
                return pairs - mean.pairs
    beyond = fixed_sample(2, contrasts=plan.contrasts, alpha=plan.alpha)
    if plan.kind != "fixed":
        beyond = anytime(contrasts=plan.contrasts, alpha=plan.alpha)
    low = max(mean.pairs, plan.max_pairs - failed if plan.kind == "planned" else 0)
    return _search(mean, beyond=beyond, low=low, margin=margin, families=families)


def _critical(plan: LookPlan, taken: Sequence[tuple[int, int]], families: tuple[int, int]) -> list[Critical]:
    """Return the critical values of each look, the two kinds of error shared by families of two sizes."""
    by_family = {family: plan.critical(taken, family=family) for family in set(families)}
    differ, equal = families
    return [
        Critical(difference=one.difference, equivalence=other.equivalence)
        for one, other in zip(by_family[differ], by_family[equal], strict=True)
    ]


def _search(
    mean: Mean, *, beyond: LookPlan, low: int, margin: float, families: tuple[int, int]
) -> int | None:
    """Return the fewest further pairs beyond `low` in all that decide, by doubling and halving."""

    def enough(pairs: int) -> bool:
        critical = _critical(beyond, [(pairs, pairs)], families)[0]
        return decides(mean, pairs=pairs, critical=critical, margin=margin)

    high = low + 1
    while not enough(high):
        low, high = high, high * 2
        if high > _MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high - mean.pairs
