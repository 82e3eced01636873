"""Verdicts on results that people already have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from steelyard.errors import InputError
from steelyard.stats.decide import weigh_contrasts
from steelyard.stats.plan import LookPlan, anytime, fixed_sample, planned_looks
from steelyard.stats.verdict import Direction, Verdict
from steelyard.study.imports._base import count, some
from steelyard.study.imports.direction import name_suggests_otherwise
from steelyard.study.imports.table import PairedTable, paired_outcomes

MOST_PLANNED_PAIRS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The verdicts on a table of results, and what they rest on.

    Args:
        verdicts: one a level that isn't the reference.
        table: the paired trials.
        direction: which way the metric improves.
        margin: smallest difference that would change what one does.
        plan: how the pairs were looked at.
        notes: what to know before trusting the verdicts, each a sentence.
    """

    verdicts: tuple[Verdict, ...]
    table: PairedTable
    direction: Direction
    margin: float
    plan: LookPlan
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain JSON values."""
        return {
            "metric": self.table.metric,
            "direction": self.direction,
            "margin": self.margin,
            "factor": self.table.factor,
            "reference": self.table.reference,
            "levels": list(self.table.levels),
            "seed": self.table.seed,
            "family": self.plan.contrasts,
            "alpha": self.plan.alpha,
            "plan": self.plan.describe(),
            "rows": self.table.rows,
            "contrasts": [verdict.to_dict() for verdict in self.verdicts],
            "notes": list(self.notes),
        }


def compare_results(
    frame: pl.DataFrame,
    *,
    factor: str,
    seed: str,
    metric: str,
    margin: float,
    direction: Direction | None = None,
    reference: str | None = None,
    where: Sequence[str] = (),
    ignore: Sequence[str] = (),
    looks: Sequence[int] | None = None,
    any_time: bool = False,
    alpha: float = 0.05,
    notes: Sequence[str] = (),
) -> Comparison:
    """Return the verdicts on a table of results in long form.

    Args:
        frame: one row a trial.
        factor: column of the factor.
        seed: column of the seed.
        metric: column of the metric.
        margin: smallest difference in the metric that would change what you do, > 0.
        direction: which way the metric improves; None takes `higher`, and a note says so.
        reference: the reference level; default: the first row's.
        where: `column=value` conditions that rows have to meet.
        ignore: columns that may differ between the levels.
        looks: numbers of pairs at which it was planned to look, the last one the most that would be run; default: all
            the pairs are looked at once.
        any_time: give intervals that hold however often one looked.
        alpha: error rate, for false better/worse and for false equivalent each, over all contrasts and looks.
        notes: what the reader of the table had to say, each a sentence.

    Raises:
        ConfoundedError: another column changes together with the factor.
        InputError: whatever else leaves no answer possible.

    Example:
        >>> frame = pl.DataFrame({
        ...     "norm": ["none"] * 4 + ["layer"] * 4,
        ...     "seed": [0, 1, 2, 3] * 2,
        ...     "loss": [0.50, 0.55, 0.52, 0.51, 0.40, 0.46, 0.41, 0.42]})
        >>> comparison = compare_results(
        ...     frame, factor="norm", seed="seed", metric="loss", direction="lower", margin=0.01)
        >>> comparison.verdicts[0].decision
        'better'
    """
    if not (math.isfinite(margin) and margin > 0):
        raise InputError(
            f"the margin must be a positive number, but got {margin:g}; give the smallest difference in {metric} that would "
            "change what you do"
        )
    if not 0 < alpha < 0.5:
        raise InputError(f"the error rate alpha must lie between 0 and 0.5, but got {alpha:g}; try 0.05")
    table = paired_outcomes(
        frame, factor=factor, seed=seed, metric=metric, reference=reference, where=where, ignore=ignore
    )
    plan = _plan(table, looks=looks, any_time=any_time, alpha=alpha)
    chosen = direction or "higher"
    try:
        weighed = weigh_contrasts(
            table.outcomes, metric=table.metric, direction=chosen, margin=margin, plan=plan
        )
    except ValueError as error:
        raise InputError(str(error)) from error
    if all(verdict.pairs < 2 and not verdict.decided for verdict in weighed):
        raise _too_few_finished(weighed)
    otherwise = name_suggests_otherwise(table.metric, chosen)
    common = (otherwise,) if otherwise else ()
    verdicts = tuple(
        replace(verdict, warnings=(*common, *verdict.warnings, *warnings))
        for verdict, warnings in zip(weighed, table.warnings, strict=True)
    )
    return Comparison(
        verdicts=verdicts,
        table=table,
        direction=chosen,
        margin=margin,
        plan=plan,
        notes=(*_notes(table, plan, direction=direction, given=reference is not None), *notes, *table.notes),
    )


def _plan(table: PairedTable, *, looks: Sequence[int] | None, any_time: bool, alpha: float) -> LookPlan:
    pairs = max(len(each.seeds) for each in table.outcomes)
    contrasts = len(table.outcomes)
    if any_time and looks is not None:
        raise InputError(
            "either looks were planned (--looks) or they weren't (--anytime), but got both; choose one"
        )
    if any_time:
        return anytime(contrasts=contrasts, alpha=alpha, max_pairs=max(pairs, 1_000_000))
    if looks is None:
        return fixed_sample(pairs, contrasts=contrasts, alpha=alpha)
    given = tuple(looks)
    if not given or given[0] < 2 or list(given) != sorted(set(given)):
        raise InputError(f"the looks must increase from at least 2 pairs, but got {some(given)}; try 5,10,20")
    if pairs > given[-1]:
        raise InputError(
            f"the last planned look must cover every pair, but it is at {given[-1]} and there are {pairs} pairs; give the "
            "looks as they were planned, or --anytime if the study went on past its plan"
        )
    if given[-1] > MOST_PLANNED_PAIRS:
        raise InputError(
            f"planned looks must end by {MOST_PLANNED_PAIRS} pairs (their boundaries are computed pair by pair), but got "
            f"{given[-1]}; use --anytime"
        )
    return planned_looks(given[-1], looks=given, contrasts=contrasts, alpha=alpha)


def _too_few_finished(verdicts: Sequence[Verdict]) -> InputError:
    most = max(verdicts, key=lambda verdict: verdict.pairs)
    contrast = most.contrast
    return InputError(
        f"at least 2 seeds must have finished on both sides, but for {contrast.level} against {contrast.reference} "
        f"{most.pairs} did: {contrast.reference} failed on {count(len(most.failed_reference), 'seed')} and {contrast.level} "
        f"on {len(most.failed_level)} (no finite metric); run more seeds, or check the metric"
    )


def _notes(table: PairedTable, plan: LookPlan, *, direction: Direction | None, given: bool) -> list[str]:
    notes = []
    if not given:
        notes.append(
            f"The reference is {table.factor} {table.reference}, the first level found; --reference takes another."
        )
    if direction is None:
        notes.append(f"Higher {table.metric} was taken as better, which is the default.")
    notes.append(f"Paired by {table.seed}: {plan.describe()}.")
    return notes
