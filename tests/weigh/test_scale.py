from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.weigh.scale import ReferencePoint, Scale

SIZES = st.floats(min_value=-1e6, max_value=1e6, allow_subnormal=False)


def make(*, baseline: float, floor: float, direction: str = "lower") -> Scale:
    base = ReferencePoint(name="baseline", value=baseline, meaning="trivial")
    best = ReferencePoint(name="floor", value=floor, meaning="perfect")
    return Scale(
        loss="made up", unit="units", direction=direction, baseline=base, floor=best, references=(base, best)
    )


@given(floor=SIZES, room=st.floats(min_value=1e-3, max_value=1e6), higher=st.booleans())
def test_baseline_is_0_and_floor_is_1(floor: float, room: float, higher: bool) -> None:
    scale = make(
        baseline=floor - room if higher else floor + room,
        floor=floor,
        direction="higher" if higher else "lower",
    )
    assert scale.place(scale.baseline.value).skill == 0
    assert scale.place(scale.floor.value).skill == 1


@given(first=SIZES, second=SIZES)
def test_skill_falls_as_a_loss_rises(first: float, second: float) -> None:
    scale = make(baseline=2.0, floor=-1.0)
    low, high = sorted((first, second))
    better, worse = scale.place(low).skill, scale.place(high).skill
    assert better is not None
    assert worse is not None
    assert better >= worse


@given(value=SIZES)
def test_a_score_is_a_loss_with_its_sign_changed(value: float) -> None:
    loss = make(baseline=2.0, floor=-1.0)
    score = make(baseline=-2.0, floor=1.0, direction="higher")
    assert score.place(-value).skill == loss.place(value).skill
    assert score.place(-value).standing == loss.place(value).standing


def test_infinity_is_placed_and_nan_refused(log_score: Scale) -> None:
    placement = log_score.place(math.inf)
    assert placement.skill == -math.inf
    assert placement.conversions["perplexity"] == math.inf
    assert json.loads(json.dumps(placement.to_dict(), allow_nan=False))["skill"] is None
    with pytest.raises(InputError, match="nan"):
        log_score.place(math.nan)


def test_conversions_of_nats_and_of_nothing_else(log_score: Scale) -> None:
    assert log_score.place(math.log(2)).conversions == {
        "bits per day": pytest.approx(1),
        "perplexity": pytest.approx(2),
    }
    assert make(baseline=1, floor=0).place(0.5).conversions == {}


def test_a_number_in_another_unit_is_converted(log_score: Scale) -> None:
    placement = log_score.place(0.5, unit="bits")
    assert placement.value == pytest.approx(0.5 * math.log(2))
    assert placement.sentence.startswith("0.500 bits (0.347 nats per day) is 0.81 times")
    with pytest.raises(InputError, match="unit"):
        make(baseline=1, floor=0).place(0.5, unit="bits")


def test_points_go_from_worst_to_best_once_each(log_score: Scale, accuracy: Scale) -> None:
    assert [point.name for point in log_score.points] == [
        "climatology",
        "markov",
        "15-lag logistic",
        "perfect foresight",
    ]
    assert [point.value for point in accuracy.points] == [0.5, 0.8, 1.0]


def test_a_floor_worse_than_the_baseline_is_refused() -> None:
    with pytest.raises(InputError, match="at least as good"):
        make(baseline=0.0, floor=1.0)
    with pytest.raises(InputError, match="nan"):
        make(baseline=math.nan, floor=0.0)
    make(baseline=0.0, floor=1.0, direction="higher")


def test_json_has_no_nan(log_score: Scale) -> None:
    broken = ReferencePoint(name="diverged", value=math.nan, meaning="it failed")
    scale = replace(log_score, references=(*log_score.references, broken))
    described = json.loads(json.dumps(scale.to_dict(), allow_nan=False))
    assert described["references"][0] == {
        "name": "diverged",
        "value": None,
        "meaning": "it failed",
        "conversions": {"bits per day": None, "perplexity": None},
    }
    assert scale.place(0.4).sentence == log_score.place(0.4).sentence


def test_notebook_html_is_escaped(log_score: Scale) -> None:
    scale = replace(
        log_score,
        loss="<b>",
        notes=("a < b",),
        references=(ReferencePoint(name="<script>", value=0.2, meaning="x & y"),),
    )
    page = scale._repr_html_()
    assert "&lt;script&gt;" in page
    assert "x &amp; y" in page
    assert "<script>" not in page
    assert "<b>" not in page
    assert "a &lt; b" in page
