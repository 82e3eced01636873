from __future__ import annotations

import math
from typing import Any

import numpy as np

from steelyard.study.design import plan_contrasts
from steelyard.study.factor import Factor
from steelyard.study.outcomes import paired_outcomes, place, score_differences
from steelyard.study.trial import TrialRecord, TrialSpec

FACTORS = (Factor(name="a", levels=(0, 1)), Factor(name="b", levels=("x", "y")))


def record(
    configuration: dict[str, Any], seed: int, loss: float, scores: tuple[float, ...] = ()
) -> TrialRecord:
    return TrialRecord(
        spec=TrialSpec(key=f"{configuration}{seed}", study_key="s", configuration=configuration, seed=seed),
        status="failed" if math.isnan(loss) else "finished",
        metrics={"loss": loss},
        scores={"loss": scores} if scores else {},
        started_at="",
        duration_s=0.0,
    )


def results(*records: TrialRecord) -> dict[Any, TrialRecord]:
    return {place(each.spec.configuration, each.spec.seed): each for each in records}


def test_a_factorial_side_is_the_mean_over_the_other_factor_and_fails_with_any_of_its_trials() -> None:
    planned, _ = plan_contrasts(FACTORS, design="factorial")
    kept = results(
        *(
            record({"a": a, "b": b}, 0, loss)
            for a, b, loss in [(0, "x", 1), (0, "y", 3), (1, "x", 5), (1, "y", 9)]
        ),
        *(
            record({"a": a, "b": b}, 1, loss)
            for a, b, loss in [(0, "x", 1), (0, "y", math.nan), (1, "x", 5), (1, "y", 9)]
        ),
    )
    outcomes = paired_outcomes(planned, results=kept, seeds=(0, 1, 2), metric="loss")
    assert outcomes.reference[0] == 2
    assert outcomes.level[:2] == (7, 7)
    assert math.isnan(outcomes.reference[1])
    assert math.isnan(outcomes.level[2])  # never ran


def test_score_differences_skip_failed_seeds_and_need_equal_examples() -> None:
    [planned] = plan_contrasts(FACTORS[:1], design="one-at-a-time")
    rows = [
        record({"a": level}, seed, math.nan if (level, seed) == (1, 1) else 0.5, (float(seed), float(level)))
        for seed in range(3)
        for level in (0, 1)
    ]
    found = score_differences(planned, results=results(*rows), seeds=range(3), metric="loss")
    assert found is not None
    assert np.array_equal(found, [[0, 1], [0, 1]])
    longer = record({"a": 0}, 2, 0.5, (1.0, 2.0, 3.0))
    assert score_differences(planned, results=results(*rows, longer), seeds=range(3), metric="loss") is None
    without = record({"a": 0}, 2, 0.5)
    assert score_differences(planned, results=results(*rows, without), seeds=range(3), metric="loss") is None
    odd = record({"a": 0}, 2, 0.5, (math.nan, 1.0))
    assert score_differences(planned, results=results(*rows, odd), seeds=range(3), metric="loss") is None
