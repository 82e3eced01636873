"""What every loss must do; run for each one that is registered."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest

from steelyard.errors import InputError
from steelyard.weigh.call import weigh
from steelyard.weigh.evidence import Evidence
from steelyard.weigh.losses import LOSSES, find_loss

TARGETS = [0, 1, 0, 0, 1, 0, 0, 0, 0, 1] * 5


@pytest.fixture(params=LOSSES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_its_file_says_what_it_is(name: str) -> None:
    page = import_module(LOSSES[name]).__doc__
    assert page is not None
    for part in ("Trivial predictors", "loor", "ampling", "When it is wrong:"):
        assert part in page
    assert find_loss(name).name == name
    assert name in (weigh.__doc__ or "")


def test_it_accepts_only_evidence(name: str) -> None:
    assert find_loss(name).accepts <= set(Evidence.__dataclass_fields__)
    assert "targets" in find_loss(name).accepts


def test_skill_is_0_at_the_baseline_and_1_at_the_floor(name: str) -> None:
    scale = weigh(loss=name, targets=TARGETS).scale
    for point, skill in ((scale.baseline, 0.0), (scale.floor, 1.0)):
        placement = weigh(point.value, loss=name, targets=TARGETS).placement
        assert placement is not None
        assert placement.skill == skill
        assert point in scale.references


def test_no_point_is_beyond_the_floor_or_unexplained(name: str) -> None:
    scale = weigh(loss=name, targets=TARGETS).scale
    for point in scale.points:
        assert point.value >= scale.floor.value
        assert point.meaning
    assert all(note.endswith(".") for note in scale.notes)


def test_the_baseline_is_inside_its_interval(name: str) -> None:
    scale = weigh(loss=name, targets=TARGETS).scale
    assert scale.baseline_interval is not None
    low, high = scale.baseline_interval
    assert scale.floor.value <= low < scale.baseline.value < high
    assert scale.targets == len(TARGETS)


@pytest.mark.parametrize("targets", [[0, 0, 0], [1], [0, float("nan"), 1], [None, 0, 1], []])
def test_targets_that_answer_nothing_are_refused(name: str, targets: Any) -> None:
    with pytest.raises(InputError):
        weigh(0.5, loss=name, targets=targets)


def test_nothing_given_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="`targets`"):
        weigh(0.5, loss=name)


def test_it_is_json(name: str) -> None:
    json.dumps(weigh(0.7, loss=name, targets=TARGETS).to_dict(), allow_nan=False)


def test_names_are_found_and_typos_answered() -> None:
    assert find_loss(" BCE ").name == "bce"
    with pytest.raises(InputError, match="did you mean 'cross-entropy'"):
        find_loss("cross-entrpy")
    with pytest.raises(InputError, match="must be one of bce"):
        find_loss("hinge")
