"""A comparison as a study's result, so that the same report shows both."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from datetime import UTC, datetime

from steelyard.errors import InputError
from steelyard.stats.verdict import PairedOutcomes
from steelyard.study.imports.comparison import Comparison
from steelyard.study.result import Look, StudyResult
from steelyard.study.trial import TrialRecord, TrialSpec

MOST_TRIALS = 10_000


def as_result(comparison: Comparison, *, source: str, command: str = "") -> StudyResult:
    """Return a comparison as a study's result.

    The trials are those that make pairs; when and on what they ran isn't known, so durations are nan and the
    environment is empty.

    Args:
        comparison: the verdicts.
        source: where the results were read from.
        command: the command that repeats the comparison.

    Raises:
        InputError: more trials than a page can show.

    Example:
        >>> import polars as pl
        >>> from steelyard.study.imports.comparison import compare_results
        >>> frame = pl.DataFrame({"norm": ["a", "a", "b", "b"], "seed": [0, 1, 0, 1], "loss": [0.5, 0.6, 0.4, 0.45]})
        >>> comparison = compare_results(frame, factor="norm", seed="seed", metric="loss", margin=0.1)
        >>> result = as_result(comparison, source="runs.csv")
        >>> len(result.trials), result.level_means["norm", "a"]
        (4, 0.55)
    """
    table = comparison.table
    values = _values(table.outcomes)
    trials = sum(len(each) for each in values.values())
    if trials > MOST_TRIALS:
        raise InputError(
            f"a report shows every pair, so there must be at most {MOST_TRIALS} trials, but got {trials}; pick rows with "
            "--where, or leave --report out"
        )
    return StudyResult(
        name="compare",
        question=f"Does {table.factor} matter for {table.metric}?",
        metric=table.metric,
        direction=comparison.direction,
        margin=comparison.margin,
        margin_reason="given with the comparison",
        factors={table.factor: table.levels},
        verdicts=comparison.verdicts,
        looks=(Look(pairs=max(len(each.seeds) for each in table.outcomes), verdicts=comparison.verdicts),),
        trials=_trials(values, factor=table.factor, metric=table.metric, source=source),
        level_means=_means(values, factor=table.factor),
        plan=comparison.plan.describe(),
        data={"source": source, "rows": f"{table.rows}"},
        command=command,
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        duration_s=math.nan,
        notes=comparison.notes,
    )


_Values = Mapping[str, Mapping[int | str, float]]


def _values(outcomes: tuple[PairedOutcomes, ...]) -> _Values:
    """Return the metric by level and seed, of every trial that is in a pair."""
    values: dict[str, dict[int | str, float]] = {}
    for each in outcomes:
        values.setdefault(each.contrast.reference, {}).update(zip(each.seeds, each.reference, strict=True))
        values.setdefault(each.contrast.level, {}).update(zip(each.seeds, each.level, strict=True))
    return values


def _means(values: _Values, *, factor: str) -> dict[tuple[str, str], float]:
    finished = [{seed for seed, value in each.items() if math.isfinite(value)} for each in values.values()]
    shared = set.intersection(*finished)
    return {
        (factor, level): math.fsum(each[seed] for seed in shared) / len(shared) if shared else math.nan
        for level, each in values.items()
    }


def _trials(values: _Values, *, factor: str, metric: str, source: str) -> tuple[TrialRecord, ...]:
    """Return a record of each trial; seeds that aren't integers are numbered in the order of the pairs."""
    named = dict.fromkeys(seed for each in values.values() for seed in each)
    whole = all(isinstance(seed, int) for seed in named)
    numbers = {seed: int(seed) if whole else place for place, seed in enumerate(named)}
    study = hashlib.sha256(source.encode(errors="replace")).hexdigest()
    return tuple(
        TrialRecord(
            spec=TrialSpec(
                key=hashlib.sha256(f"{study}\0{level}\0{seed}".encode(errors="replace")).hexdigest(),
                study_key=study,
                configuration={factor: level},
                seed=numbers[seed],
            ),
            status="finished" if math.isfinite(value) else "failed",
            metrics={metric: value} if math.isfinite(value) else {},
            error="" if math.isfinite(value) else f"no finite {metric}",
            started_at="",
            duration_s=math.nan,
        )
        for level, each in values.items()
        for seed, value in each.items()
    )
