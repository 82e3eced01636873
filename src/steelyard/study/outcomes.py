"""From trial records to the paired outcomes of each contrast."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from steelyard.stats.verdict import PairedOutcomes
from steelyard.study.design import Configuration, PlannedContrast
from steelyard.study.trial import TrialRecord

Results = Mapping[tuple[tuple[tuple[str, str], ...], int], TrialRecord]
"""Record of each (configuration, seed); `place` makes the key."""


def place(configuration: Configuration, seed: int) -> tuple[tuple[tuple[str, str], ...], int]:
    """Return where a trial stands among results."""
    return tuple(sorted((name, str(level)) for name, level in configuration.items())), seed


def paired_outcomes(
    planned: PlannedContrast, *, results: Results, seeds: Sequence[int], metric: str
) -> PairedOutcomes:
    """Return the metric of both sides of a contrast on each seed; nan where a trial failed or lacks the metric."""

    def side(configurations: Sequence[Configuration], seed: int) -> float:
        values = [_metric(results.get(place(each, seed)), metric) for each in configurations]
        return sum(values) / len(values)

    return PairedOutcomes(
        contrast=planned.contrast,
        seeds=tuple(seeds),
        reference=tuple(side(planned.reference, seed) for seed in seeds),
        level=tuple(side(planned.level, seed) for seed in seeds),
    )


def score_differences(
    planned: PlannedContrast, *, results: Results, seeds: Sequence[int], metric: str
) -> NDArray[np.float64] | None:
    """Return per-example differences, shape (seeds, examples), of the seeds that finished; None where not all kept scores."""
    rows = []
    for seed in seeds:
        sides = [
            [results.get(place(each, seed)) for each in configurations]
            for configurations in (planned.reference, planned.level)
        ]
        if any(record is None or record.status == "failed" for side in sides for record in side):
            continue
        scores = [[record.scores.get(metric) for record in side if record is not None] for side in sides]
        if any(each is None for side in scores for each in side):
            return None
        if len({len(each) for side in scores for each in side if each is not None}) != 1:
            return None
        reference, level = (np.mean(np.array(side, dtype=np.float64), axis=0) for side in scores)
        rows.append(level - reference)
    if len(rows) < 2 or len({len(row) for row in rows}) != 1:
        return None
    differences = np.array(rows)
    return differences if np.isfinite(differences).all() else None


def _metric(record: TrialRecord | None, metric: str) -> float:
    if record is None or record.status == "failed":
        return math.nan
    value = record.metrics.get(metric, math.nan)
    return value if math.isfinite(value) else math.nan
