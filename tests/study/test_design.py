from __future__ import annotations

import pytest

from steelyard.errors import ConfoundedError, InputError
from steelyard.study.design import check_not_confounded, distinct, plan_contrasts
from steelyard.study.factor import Factor

FACTORS = (
    Factor(name="norm", levels=("none", "layer", "batch")),
    Factor(name="lr", levels=(0.1, 0.2)),
)


def test_one_at_a_time_changes_one_factor() -> None:
    contrasts = plan_contrasts(FACTORS, design="one-at-a-time")
    assert [str(each.contrast) for each in contrasts] == [
        "norm: layer against none",
        "norm: batch against none",
        "lr: 0.2 against 0.1",
    ]
    assert [dict(each) for each in distinct(contrasts)] == [
        {"norm": "none", "lr": 0.1},
        {"norm": "layer", "lr": 0.1},
        {"norm": "batch", "lr": 0.1},
        {"norm": "none", "lr": 0.2},
    ]


def test_factorial_runs_every_combination_and_matches_backgrounds() -> None:
    contrasts = plan_contrasts(FACTORS, design="factorial")
    assert len(distinct(contrasts)) == 6
    for each in contrasts:
        for left, right in zip(each.reference, each.level, strict=True):
            assert {name for name in left if left[name] != right[name]} == {each.contrast.factor}


def test_confounded_configurations_are_refused() -> None:
    with pytest.raises(ConfoundedError, match=r"`lr` is 0\.1 and 0\.2"):
        check_not_confounded({"norm": "a", "lr": 0.1}, {"norm": "b", "lr": 0.2}, factor="norm")
    with pytest.raises(ConfoundedError, match="must differ in it"):
        check_not_confounded({"norm": "a"}, {"norm": "a"}, factor="norm")
    with pytest.raises(InputError, match="same other factors"):
        check_not_confounded({"norm": "a"}, {"norm": "b", "lr": 1}, factor="norm")
