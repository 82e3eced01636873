from __future__ import annotations

import math
from dataclasses import replace

import pytest

from steelyard.weigh.scale import ReferencePoint, Scale


@pytest.mark.parametrize(
    ("value", "standing"),
    [
        (math.inf, "worse"),
        (0.5, "worse"),
        (0.4262, "no better"),
        (0.426, "no better"),
        (0.425, "no better"),
        (0.4, "better"),
        (0.004, "at the floor"),
        (0.0, "at the floor"),
        (-1e-6, "beyond the floor"),
        (-math.inf, "beyond the floor"),
    ],
)
def test_lower_is_better(log_score: Scale, value: float, standing: str) -> None:
    assert log_score.place(value).standing == standing


@pytest.mark.parametrize(
    ("value", "standing"),
    [(0.4, "worse"), (0.5, "no better"), (0.7, "better"), (0.999, "at the floor"), (1.1, "beyond the floor")],
)
def test_higher_is_better(accuracy: Scale, value: float, standing: str) -> None:
    assert accuracy.place(value).standing == standing


def test_rounding_of_a_floor_that_is_not_0_is_forgiven(log_score: Scale) -> None:
    floor = ReferencePoint(name="floor", value=0.32511, meaning="smoothed targets")
    scale = replace(log_score, floor=floor)
    assert scale.place(0.325).standing == "at the floor"
    assert scale.place(0.32).standing == "beyond the floor"


def test_a_ceiling_cannot_be_passed(accuracy: Scale) -> None:
    scale = replace(accuracy, ceiling=ReferencePoint(name="ceiling", value=0.0, meaning="always wrong"))
    assert scale.place(0.0).standing == "worse"
    assert scale.place(-0.1).standing == "beyond the ceiling"


def test_within_the_sampling_error_nothing_is_distinguished(log_score: Scale) -> None:
    scale = replace(log_score, baseline_interval=(0.35, 0.5), targets=200)
    assert scale.place(0.36).standing == "not distinguishable"
    assert scale.place(0.5).standing == "not distinguishable"
    assert scale.place(0.34).standing == "better"
    assert scale.place(0.51).standing == "worse"


def test_without_room_there_is_no_skill(log_score: Scale) -> None:
    flat = replace(log_score, baseline=replace(log_score.floor, name="constant"))
    assert flat.place(0.0).skill is None
    assert flat.place(0.0).standing == "no better"
    assert flat.place(0.1).standing == "worse"
    boundless = replace(log_score, baseline=replace(log_score.baseline, value=math.inf))
    assert boundless.place(0.1).skill is None
    assert boundless.place(0.1).standing == "better"
