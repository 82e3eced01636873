from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from steelyard.errors import ConfoundedError
from steelyard.study.imports.table import PairedTable, paired_outcomes


def compare(pairs: int = 4, levels: tuple[str, ...] = ("none", "layer"), **columns: Any) -> PairedTable:
    options = {"ignore": columns.pop("ignore", ())}
    frame = pl.DataFrame(
        {
            "norm": [level for level in levels for _ in range(pairs)],
            "seed": [*range(pairs)] * len(levels),
            "loss": np.random.default_rng(0).normal(size=pairs * len(levels)),
            **columns,
        }
    )
    return paired_outcomes(frame, factor="norm", seed="seed", metric="loss", **options)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([0.1] * 4 + [0.01] * 4, "0.1 for none, 0.01 for layer"),
        (["sgd"] * 4 + ["adam"] * 4, "sgd for none, adam for layer"),
        ([True] * 4 + [False] * 4, "True for none, False for layer"),
        ([0.1, 0.2, 0.1, 0.2, 1.0, 2.0, 1.0, 2.0], "0.1, 0.2 for none, 1.0, 2.0 for layer"),
    ],
)
def test_a_column_that_changes_with_the_factor_is_refused(values: list[Any], told: str) -> None:
    with pytest.raises(ConfoundedError) as caught:
        compare(lr=values)
    assert f"`lr` differs with them ({told})" in str(caught.value)
    assert "--ignore lr" in str(caught.value)
    assert compare(lr=values, ignore=("lr",)).warnings == ((),)


def test_every_such_column_is_named() -> None:
    with pytest.raises(ConfoundedError, match="--ignore lr --ignore wd"):
        compare(lr=[1] * 4 + [2] * 4, wd=[3] * 4 + [4] * 4)


def test_it_is_found_at_any_level() -> None:
    with pytest.raises(ConfoundedError, match="2 for c"):
        compare(levels=("a", "b", "c"), lr=[1] * 8 + [2] * 4)


@pytest.mark.parametrize(
    "values",
    [
        [0.1] * 8,
        [1, 2, 3, 4, 1, 2, 3, 4],
        [0.1, 0.1, 0.2, 0.2] * 2,
        list("abcdefgh"),
        [12.1, 13.7, 12.9, 12.2, 19.3, 18.8, 19.0, 21.5],
        [12, 12, 13, 14, 19, 18, 19, 19],
        ["run-none"] * 4 + ["run-layer"] * 4,
        ["exp/Norm=None,v1"] * 4 + ["exp/Norm=Layer,v1"] * 4,
        [f"{level}-{seed}" for level in ("none", "layer") for seed in range(4)],
        [{"a": 1}] * 4 + [{"a": 2}] * 4,
        [None] * 8,
    ],
)
def test_other_columns_raise_no_alarm(values: list[Any]) -> None:
    table = compare(other=values)
    assert table.warnings == ((),)
    assert table.notes == ()


def test_a_name_that_says_more_than_the_level_is_refused() -> None:
    with pytest.raises(ConfoundedError):
        compare(config=["none-v1"] * 4 + ["layer-v2"] * 4)


def test_a_parameter_of_one_side_is_noted() -> None:
    assert compare(eps=[None] * 4 + [1e-5] * 4).notes == (
        "Given for one side only, and not taken for another choice: `eps`.",
    )


def test_a_column_that_differs_in_some_pairs_is_warned_of() -> None:
    [[warning]] = compare(lr=[0.1] * 7 + [0.2]).warnings
    assert warning.startswith("`lr` differs between the two sides in 1 of 4 pairs (seed 3: 0.1 and 0.2)")
    assert compare(lr=[0.1] * 7 + [0.2], ignore=("lr",)).warnings == ((),)


def test_outcomes_that_agree_by_chance_are_not_warned_of() -> None:
    assert compare(stopped=[True] * 7 + [False]).warnings == ((),)
    assert compare(pairs=3, epoch=[9, 9, 9, 9, 9, 8]).warnings == ((),)


@pytest.mark.parametrize("seed", range(20))
def test_measurements_raise_no_alarm(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = compare(
        pairs=10,
        accuracy=np.round(np.r_[rng.normal(0.8, 0.02, 10), rng.normal(0.9, 0.02, 10)], 2),
        best_epoch=np.r_[rng.integers(10, 20, 10), rng.integers(15, 30, 10)],
        duration_s=np.r_[rng.normal(60, 3, 10), rng.normal(90, 3, 10)],
    )
    assert table.notes == ()
