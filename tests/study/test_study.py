from __future__ import annotations

from typing import Any

import pytest

from steelyard.errors import ConfoundedError, InputError
from steelyard.study.study import Study


def trial(seed: int, norm: str) -> dict[str, float]:
    return {"loss": float(seed)}


def study(**changes: Any) -> Study:
    options: dict[str, Any] = {
        "trial": trial,
        "factors": {"norm": ["none", "layer"]},
        "metric": "loss",
        "margin": 0.1,
    }
    return Study("Does it?", **{**options, **changes})


def test_the_margin_is_asked_for() -> None:
    with pytest.raises(TypeError, match="margin"):
        Study("Does it?", trial=trial, factors={"norm": ["a", "b"]}, metric="loss")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"margin": 0}, "margin"),
        ({"margin": float("nan")}, "margin"),
        ({"margin": "wide"}, "margin"),
        ({"direction": "up"}, "direction"),
        ({"max_pairs": 1}, "max_pairs"),
        ({"max_pairs": 2.5}, "max_pairs"),
        ({"alpha": 0.7}, "alpha"),
        ({"design": "latin"}, "design"),
        ({"factors": {"depth": [1, 2]}}, "`depth`"),
        ({"parameters": {"norm": 1}}, "`norm` is taken"),
        ({"parameters": {"epochs": 1}}, "`epochs`"),
        ({"parameters": {"norm2": object()}}, "JSON"),
        ({"trial": lambda seed, norm, width: {}}, "`width`"),
        ({"trial": lambda norm: {}}, "`seed`"),
        ({"trial": 3}, "function"),
        ({"secondary": {"speed": "up"}}, "secondary"),
        ({"secondary": {"loss": "lower"}}, "other metrics"),
    ],
)
def test_a_study_that_cannot_run_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        study(**change)


def test_trials_are_shared_when_only_margin_levels_or_maximum_change() -> None:
    one, other = study(), study(margin=0.5, max_pairs=8, factors={"norm": ["none", "layer", "batch"]})
    configuration = {"norm": "layer"}
    assert one.spec(configuration, 3).key == other.spec(configuration, 3).key
    assert one.key == study(margin=0.5, max_pairs=8).key != other.key


@pytest.mark.parametrize("change", [{"data_fingerprint": "x"}, {"trial": lambda seed, norm: {"loss": 1.0}}])
def test_trials_are_not_shared_when_data_or_code_change(change: dict[str, Any]) -> None:
    assert study(**change).spec({"norm": "layer"}, 0).key != study().spec({"norm": "layer"}, 0).key


def test_levels_of_different_types_are_different_trials() -> None:
    keys = {study().spec({"norm": level}, 0).key for level in (1, 1.0, "1", True)}
    assert len(keys) == 4


def test_confounded_comparisons_are_refused() -> None:
    both = Study(
        "Which?",
        trial=lambda seed, norm, lr: {"loss": 1.0},
        factors={"norm": ["a", "b"], "lr": [1, 2]},
        metric="loss",
        margin=1,
    )
    both.check_comparable({"norm": "a", "lr": 1}, {"norm": "b", "lr": 1}, factor="norm")
    with pytest.raises(ConfoundedError):
        both.check_comparable({"norm": "a", "lr": 1}, {"norm": "b", "lr": 2}, factor="norm")
    with pytest.raises(InputError, match="level of each"):
        both.check_comparable({"norm": "a"}, {"norm": "b"}, factor="norm")


def test_it_shows_itself_in_a_notebook_with_everything_escaped() -> None:
    shown = study(unit="<b>", metric="loss")._repr_html_()
    assert "Does it?" in shown
    assert "<b>" not in shown
