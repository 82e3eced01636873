from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from steelyard.errors import InputError
from steelyard.study.imports.comparison import Comparison, compare_results

PAIRS = 8


def table(*, shift: float = -0.05, levels: tuple[str, ...] = ("none", "layer")) -> pl.DataFrame:
    rng = np.random.default_rng(1)
    shared = rng.normal(0.5, 0.05, PAIRS)
    values = [shared + i * shift + rng.normal(0, 0.01, PAIRS) for i in range(len(levels))]
    return pl.DataFrame(
        {
            "norm": [level for level in levels for _ in range(PAIRS)],
            "seed": [*range(PAIRS)] * len(levels),
            "loss": np.concatenate(values),
        }
    )


def compare(frame: pl.DataFrame | None = None, **options: Any) -> Comparison:
    given = {"factor": "norm", "seed": "seed", "metric": "loss", "margin": 0.02, "direction": "lower"}
    return compare_results(table() if frame is None else frame, **{**given, **options})


def test_the_interval_is_scipys_paired_t() -> None:
    frame = table()
    [verdict] = compare(frame).verdicts
    loss = frame["loss"].to_numpy().reshape(2, PAIRS)
    test = stats.ttest_rel(loss[1], loss[0])
    interval = test.confidence_interval(0.95)
    assert verdict.interval == pytest.approx((interval.low, interval.high))
    assert (verdict.decision, verdict.pairs) == ("better", PAIRS)


def test_direction_turns_the_verdict_round_and_a_likely_mistake_is_warned_of() -> None:
    assumed = compare(direction=None)
    assert assumed.verdicts[0].decision == "worse"
    assert assumed.direction == "higher"
    assert "--lower-is-better" in assumed.verdicts[0].warnings[0]
    assert any("Higher loss was taken as better" in note for note in assumed.notes)
    assert compare().verdicts[0].warnings == ()


def test_several_levels_share_the_error() -> None:
    one = compare().verdicts[0]
    three = compare(table(levels=("none", "layer", "batch", "group")))
    assert [verdict.contrast.level for verdict in three.verdicts] == ["layer", "batch", "group"]
    assert three.plan.contrasts == 3
    assert three.verdicts[0].interval[0] < one.interval[0]


def test_looks_and_anytime_widen_the_interval() -> None:
    def width(**options: Any) -> float:
        low, high = compare(**options).verdicts[0].interval
        return high - low

    fixed, planned, always = width(), width(looks=(4, 8, 16)), width(any_time=True)
    assert fixed < planned < always


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"margin": 0.0}, "margin must be a positive number, but got 0"),
        ({"margin": float("nan")}, "margin must be a positive number"),
        ({"alpha": 0.7}, "between 0 and 0.5"),
        ({"looks": (4,)}, "it is at 4 and there are 8 pairs"),
        ({"looks": (8, 4)}, "must increase"),
        ({"looks": ()}, "must increase"),
        ({"looks": (4, 5000)}, "use --anytime"),
        ({"looks": (4, 8), "any_time": True}, "choose one"),
    ],
)
def test_options_that_cannot_be_met(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        compare(**options)


def test_two_pairs_get_an_answer_with_a_warning() -> None:
    [verdict] = compare(table().filter(pl.col("seed") < 2)).verdicts
    assert verdict.pairs == 2
    assert any("only 2 pairs" in warning for warning in verdict.warnings)


def test_failed_seeds_are_counted_not_dropped() -> None:
    frame = table().with_columns(
        loss=pl.when((pl.col("norm") == "layer") & (pl.col("seed") == 3)).then(None).otherwise(pl.col("loss"))
    )
    [verdict] = compare(frame).verdicts
    assert (verdict.pairs, verdict.failed, verdict.failed_level) == (PAIRS - 1, 1, (3,))
    assert verdict.decision == "undecided"  # the side that fails more often is never called better


def test_fewer_than_two_finished_pairs_leave_no_answer() -> None:
    frame = table().with_columns(
        loss=pl.when((pl.col("norm") == "layer") & (pl.col("seed") > 0)).then(None).otherwise(pl.col("loss"))
    )
    with pytest.raises(InputError, match="1 did: none failed on 0 seeds and layer on 3"):
        compare(frame.filter(pl.col("seed") < 4))


def test_a_level_that_always_fails_is_worse() -> None:
    frame = table().with_columns(loss=pl.when(pl.col("norm") == "layer").then(None).otherwise(pl.col("loss")))
    [verdict] = compare(frame).verdicts
    assert (verdict.decision, verdict.pairs, verdict.failed) == ("worse", 0, PAIRS)


def test_a_contrast_without_pairs_does_not_spoil_the_others() -> None:
    frame = table(levels=("none", "layer", "batch")).with_columns(
        seed=pl.when(pl.col("norm") == "batch").then(pl.col("seed") + 100).otherwise(pl.col("seed"))
    )
    layer, batch = compare(frame).verdicts
    assert layer.decision == "better"
    assert (batch.decision, batch.pairs) == ("undecided", 0)
    assert any("no row for batch" in warning for warning in batch.warnings)


def test_the_dictionary_is_plain_json() -> None:
    record = json.loads(json.dumps(compare().to_dict(), allow_nan=False))
    assert {
        "contrasts",
        "metric",
        "direction",
        "margin",
        "factor",
        "seed",
        "family",
        "reference",
    } <= record.keys()
