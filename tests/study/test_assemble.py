from __future__ import annotations

from steelyard.study.assemble import assemble
from steelyard.study.outcomes import place
from steelyard.study.study import Study
from steelyard.study.trial import TrialRecord


def trial(seed: int, depth: int) -> dict[str, float]:
    return {"loss": float(depth), "speed": float(seed)}


def test_means_rest_on_seeds_that_all_finished_and_secondary_metrics_may_be_missing() -> None:
    study = Study(
        "?",
        trial=trial,
        factors={"depth": [1, 2, 3]},
        metric="loss",
        margin=1,
        secondary={"speed": "higher", "never returned": "lower"},
    )
    records = [
        TrialRecord(
            spec=study.spec({"depth": depth}, seed),
            status="failed" if (seed, depth) == (1, 3) else "finished",
            metrics={"loss": 10.0 * seed + depth, "speed": float(seed * depth)},
            started_at="",
            duration_s=0.0,
        )
        for seed in (2, 1, 0, 5)
        for depth in (3, 2, 1)
    ]
    result = assemble(
        study,
        results={place(each.spec.configuration, each.spec.seed): each for each in records},
        seeds=(0, 1, 2),
        verdicts=(),
        looks=(),
        plan="",
        reproducible=None,
        reused=0,
        scale=None,
        data={},
        command="",
        notes=(),
        started_at="",
        duration_s=0.0,
    )
    assert result.level_means == {("depth", "1"): 11.0, ("depth", "2"): 12.0, ("depth", "3"): 13.0}
    assert [(each.spec.seed, each.spec.configuration["depth"]) for each in result.trials] == [
        (seed, depth) for seed in (0, 1, 2) for depth in (1, 2, 3)
    ]
    assert [(each.metric, each.pairs) for each in result.secondary] == [
        ("speed", 3),
        ("speed", 2),
        ("never returned", 0),
        ("never returned", 0),
    ]
    assert result.secondary[-1].decision == "undecided"
