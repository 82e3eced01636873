"""Put a study's result together from its records and verdicts."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from steelyard.stats.decide import weigh_contrasts
from steelyard.stats.plan import fixed_sample
from steelyard.stats.variance import split_variance
from steelyard.stats.verdict import Verdict
from steelyard.study.environment import environment
from steelyard.study.outcomes import Results, paired_outcomes, place, score_differences
from steelyard.study.result import Look, StudyResult

if TYPE_CHECKING:
    from steelyard.study.study import Study
    from steelyard.weigh.scale import Scale


def assemble(
    study: Study,
    *,
    results: Results,
    seeds: Sequence[int],
    verdicts: tuple[Verdict, ...],
    looks: tuple[Look, ...],
    plan: str,
    reproducible: bool | None,
    reused: int,
    scale: Scale | None,
    data: Mapping[str, str],
    command: str,
    notes: tuple[str, ...],
    started_at: str,
    duration_s: float,
) -> StudyResult:
    """Return the result of a study: what a report shows."""
    used = sorted(
        (record for record in results.values() if record.spec.seed in set(seeds)),
        key=lambda record: (record.spec.seed, str(sorted(record.spec.configuration.items()))),
    )
    return StudyResult(
        name=study.name,
        question=study.question,
        metric=study.metric,
        direction=study.direction,
        unit=study.unit,
        margin=study.margin,
        margin_reason=study.margin_reason,
        factors={factor.name: factor.levels for factor in study.factors},
        verdicts=verdicts,
        secondary=_secondary(study, results=results, seeds=seeds),
        looks=looks,
        trials=tuple(used),
        level_means=_level_means(study, results=results, seeds=seeds),
        scale=scale,
        plan=plan,
        reproducible=reproducible,
        variance=_variance(study, results=results, seeds=seeds),
        data=dict(data),
        command=command,
        environment=environment(),
        started_at=started_at,
        duration_s=duration_s,
        reused=reused,
        notes=notes,
    )


def _secondary(study: Study, *, results: Results, seeds: Sequence[int]) -> tuple[Verdict, ...]:
    """Weigh the other metrics once, at the end, each contrast on its own seeds; no margin, so never `equivalent`."""
    found: list[Verdict] = []
    for metric, direction in study.secondary.items():
        for planned in study.contrasts:
            ran = _ran(planned.configurations, results=results, seeds=seeds)
            if len(ran) >= 2:
                found += weigh_contrasts(
                    [paired_outcomes(planned, results=results, seeds=ran, metric=metric)],
                    metric=metric,
                    direction=direction,
                    margin=sys.float_info.min,
                    plan=fixed_sample(len(ran), contrasts=len(study.contrasts), alpha=study.alpha),
                )
    return tuple(found)


def _ran(configurations: Sequence[Any], *, results: Results, seeds: Sequence[int]) -> list[int]:
    return [seed for seed in seeds if all(place(each, seed) in results for each in configurations)]


def _level_means(study: Study, *, results: Results, seeds: Sequence[int]) -> dict[tuple[str, str], float]:
    """Return the mean metric of each level over the seeds that every level of its factor finished."""
    means: dict[tuple[str, str], float] = {}
    for factor in study.factors:
        planned = [each for each in study.contrasts if each.contrast.factor == factor.name]
        outcomes = [
            paired_outcomes(each, results=results, seeds=seeds, metric=study.metric) for each in planned
        ]
        table = np.array([outcomes[0].reference, *(each.level for each in outcomes)])
        finished = table[:, np.isfinite(table).all(axis=0)]
        if finished.shape[1]:
            for level, row in zip(factor.levels, finished, strict=True):
                means[factor.name, str(level)] = float(row.mean())
    return means


def _variance(study: Study, *, results: Results, seeds: Sequence[int]) -> dict[str, dict[str, Any]]:
    """Split each contrast's variance where per-example scores were kept."""
    found: dict[str, dict[str, Any]] = {}
    for planned in study.contrasts:
        differences = score_differences(planned, results=results, seeds=seeds, metric=study.metric)
        if differences is not None and differences.shape[1] >= 2 * study.score_block:
            split = split_variance(differences, block_length=study.score_block)
            found[str(planned.contrast)] = {
                **asdict(split),
                "seeds": split.seeds_share,
                "examples": split.examples_share,
                "interval": list(split.interval),
            }
    return found
