"""When one may look, and what each look costs: the error rates of a comparison, planned before it starts.

Two errors are held at `alpha` over all looks and all contrasts together: calling two equal levels better or worse, and
calling two levels equivalent that differ by the margin. Both are spent over the looks as alpha sqrt((n - 3) / (N - 3)) (an
error-spending function: Lan and DeMets 1983; this shape was chosen because among power families it needed the fewest
pairs on simulated differences of 0, 1 and 2 standard deviations at a margin of 1), and turned into critical values of
t exactly (`boundary`).

A contrast that is better at a look isn't tested for equivalence any more, and a false "equivalent" needs the whole interval
inside the margin, so spending alpha on equivalence as if neither held is too cautious. `EQUIVALENCE_GAIN` times alpha is
spent instead: at the least favourable ratio of margin to spread the chance of a false "equivalent" then is still below
alpha (simulated for maxima of 5 to 100 pairs and families of 1 to 10 contrasts: between .70 and .98 of alpha; tested, also
with failed seeds). That of a false "equivalent" or a false "within the margin" together is at most alpha too, since the
latter takes the wider interval (`Verdict.within_margin`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

import numpy as np
from scipy import special

from steelyard.errors import InputError
from steelyard.stats.boundary import critical_values
from steelyard.stats.eprocess import anytime_critical_t

PlanKind = Literal["fixed", "planned", "anytime"]
EQUIVALENCE_GAIN = 1.18
_FIRST_LOOK = 4
_EVERY_PAIR_UP_TO = 20
_GROWTH = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Critical:
    """Critical values of t at one look.

    Args:
        difference: a t beyond it, either way, means better or worse.
        equivalence: the interval of this many standard errors inside the margin means equivalent.
    """

    difference: float
    equivalence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPlan:
    """When a comparison is looked at, and how its error rates are spent.

    Args:
        kind: `fixed` (one look at all pairs), `planned` (group-sequential looks) or `anytime` (e-process).
        looks: numbers of seeds run at which one looks, increasing; the last is the maximum.
        alpha: error rate, for each of the two kinds of error, over all looks and contrasts.
        contrasts: size of the family.
        equivalence_gain: factor on the equivalence error, see the module.
    """

    kind: PlanKind
    looks: tuple[int, ...]
    alpha: float = 0.05
    contrasts: int = 1
    equivalence_gain: float = 1.0

    def __post_init__(self) -> None:
        if not self.looks or self.looks[0] < 2 or list(self.looks) != sorted(set(self.looks)):
            raise InputError(f"`looks` must increase from at least 2, but got {self.looks}")
        if not 0 < self.alpha < 0.5:
            raise InputError(f"`alpha` must lie between 0 and 0.5, but got {self.alpha}")
        if self.contrasts < 1:
            raise InputError(f"`contrasts` must be at least 1, but got {self.contrasts}")

    @property
    def max_pairs(self) -> int:
        """Return the most pairs that are run."""
        return self.looks[-1]

    def describe(self) -> str:
        """Say the plan in one sentence."""
        family = "" if self.contrasts == 1 else f", shared by {self.contrasts} contrasts (Bonferroni-Holm)"
        rates = f"error rate {self.alpha:g} each for false better/worse and false equivalent{family}"
        match self.kind:
            case "fixed":
                return f"one look at all {self.max_pairs} pairs; {rates}"
            case "planned":
                looks = _in_words(self.looks)
                return f"planned looks at {looks} pairs, at most {self.max_pairs}; {rates}, over all looks"
            case "anytime":
                return f"always-valid intervals (t-mixture e-process) up to {self.max_pairs} pairs; {rates}"
            case _:
                assert_never(self.kind)

    def schedule(self, seeds_run: int) -> tuple[int, ...]:
        """Return the looks taken when this many seeds have run: the planned ones before, and now.

        Raises:
            InputError: more seeds than were planned.
        """
        if seeds_run > self.max_pairs:
            raise InputError(f"at most {self.max_pairs} seeds were planned, but got {seeds_run}")
        return (*(look for look in self.looks if look < seeds_run), seeds_run)

    def has_look(self, seeds_run: int) -> bool:
        """Say whether one may decide when this many seeds have run: at the planned looks, or always where none are planned."""
        return self.kind != "planned" or seeds_run in self.looks

    def critical(
        self, taken: Sequence[tuple[int, int]], *, family: int | None = None
    ) -> tuple[Critical, ...]:
        """Return the critical values at each of a run of looks.

        Failed seeds make pairs fewer than seeds: error is spent by seeds run, the t statistic has its own pairs.

        Args:
            taken: (seeds run, pairs) of each look; pairs increasing from at least 2.
            family: contrasts that still share the error (Holm's later steps); default all.
        """
        alpha = self.alpha / (self.contrasts if family is None else family)
        pairs = [each for _, each in taken]
        match self.kind:
            case "fixed":
                return tuple(
                    Critical(
                        difference=-float(special.stdtrit(n - 1, alpha / 2)),
                        equivalence=-float(special.stdtrit(n - 1, alpha)),
                    )
                    for n in pairs
                )
            case "anytime":
                each = [anytime_critical_t(n, alpha=alpha) for n in pairs]
                return tuple(Critical(difference=value, equivalence=value) for value in each)
            case "planned":
                shares = [self._spent(seeds) for seeds, _ in taken]
                difference = critical_values(pairs, spent=[alpha * share for share in shares], sides=2)
                wide = min(alpha * self.equivalence_gain, 0.49)
                equivalence = critical_values(pairs, spent=[wide * share for share in shares], sides=1)
                return tuple(
                    Critical(difference=d, equivalence=e)
                    for d, e in zip(difference, equivalence, strict=True)
                )
            case _:
                assert_never(self.kind)

    def _spent(self, seeds_run: int) -> float:
        """Return the share of the error spent by this many seeds."""
        start = min(_FIRST_LOOK, self.looks[0]) - 1
        if seeds_run >= self.max_pairs:
            return 1.0
        return float(np.sqrt(max(seeds_run - start, 0) / (self.max_pairs - start)))


def fixed_sample(pairs: int, *, contrasts: int = 1, alpha: float = 0.05) -> LookPlan:
    """Return the plan of one look at all pairs: the ordinary paired t test and two one-sided tests.

    Raises:
        InputError: fewer than 2 pairs.

    Example:
        >>> fixed_sample(8).describe()
        'one look at all 8 pairs; error rate 0.05 each for false better/worse and false equivalent'
    """
    return LookPlan(kind="fixed", looks=(pairs,), contrasts=contrasts, alpha=alpha)


def planned_looks(
    max_pairs: int, *, looks: Sequence[int] | None = None, contrasts: int = 1, alpha: float = 0.05
) -> LookPlan:
    """Return a plan of group-sequential looks.

    Args:
        max_pairs: most pairs to run, at least 2.
        looks: when to look; the default is after every pair from 4 to 20 and then each time that there are a tenth more.
        contrasts: size of the family.
        alpha: error rate over all looks and contrasts.

    Raises:
        InputError: looks that don't increase from 2 to `max_pairs`.

    Example:
        >>> planned_looks(10).looks
        (4, 5, 6, 7, 8, 9, 10)
        >>> planned_looks(20, looks=(5, 10, 20)).max_pairs
        20
    """
    if looks is None:
        default = default_looks(max_pairs)
        gain = EQUIVALENCE_GAIN if len(default) > 1 else 1.0
        return LookPlan(
            kind="planned", looks=default, contrasts=contrasts, alpha=alpha, equivalence_gain=gain
        )
    if tuple(looks)[-1:] != (max_pairs,):
        raise InputError(f"the last of `looks` must be `max_pairs`, but got {tuple(looks)} and {max_pairs}")
    return LookPlan(kind="planned", looks=tuple(looks), contrasts=contrasts, alpha=alpha)


def anytime(*, max_pairs: int = 1_000_000, contrasts: int = 1, alpha: float = 0.05) -> LookPlan:
    """Return a plan without a plan: intervals that hold whenever one looks, at the price of wider ones.

    Example:
        >>> anytime().kind
        'anytime'
    """
    return LookPlan(kind="anytime", looks=_growing(2, max_pairs), contrasts=contrasts, alpha=alpha)


def open_ended(*, start: int, max_pairs: int, contrasts: int = 1, alpha: float = 0.05) -> LookPlan:
    """Return the plan for going on after the looks of an earlier plan were used up.

    Args:
        start: seeds already run.
        max_pairs: the new maximum, above `start`.
        contrasts: size of the family.
        alpha: error rate of the always-valid interval.

    Raises:
        InputError: a maximum that isn't above `start`.

    Example:
        >>> open_ended(start=20, max_pairs=25).looks
        (21, 23, 25)
    """
    if max_pairs <= start:
        raise InputError(f"`max_pairs` must be above the {start} pairs that were run, but got {max_pairs}")
    return LookPlan(
        kind="anytime", looks=_growing(max(start + 1, 2), max_pairs), contrasts=contrasts, alpha=alpha
    )


def default_looks(max_pairs: int) -> tuple[int, ...]:
    """Return the default looks up to a maximum: every pair from 4 to 20, then each tenth more.

    Example:
        >>> default_looks(30)[-5:]
        (22, 24, 26, 29, 30)
    """
    if max_pairs <= _FIRST_LOOK:
        return (max_pairs,)
    every = range(_FIRST_LOOK, min(max_pairs, _EVERY_PAIR_UP_TO) + 1)
    if max_pairs <= _EVERY_PAIR_UP_TO:
        return tuple(every)
    return (*every, *_growing(_EVERY_PAIR_UP_TO, max_pairs)[1:])


def _growing(first: int, last: int) -> tuple[int, ...]:
    looks = [first]
    while (following := max(looks[-1] + 1, round(looks[-1] * _GROWTH))) < last:
        looks.append(following)
    return (*looks, last) if last > first else (first,)


def _in_words(looks: tuple[int, ...]) -> str:
    if len(looks) > 3 and list(looks) == list(range(looks[0], looks[-1] + 1)):
        return f"every one from {looks[0]} to {looks[-1]}"
    shown = [str(look) for look in looks]
    if len(shown) > 12:
        shown = [*shown[:6], "...", *shown[-3:]]
    return ", ".join(shown)
