from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from steelyard.errors import InputError
from steelyard.study.imports.table import paired_outcomes

REPEATED: dict[str, list[Any]] = {
    "norm": ["a"] * 4 + ["b"] * 4,
    "seed": [0, 0, 1, 1] * 2,
    "loss": [float(i) for i in range(8)],
}


def message(**columns: list[Any]) -> str:
    with pytest.raises(InputError) as caught:
        paired_outcomes(pl.DataFrame({**REPEATED, **columns}), factor="norm", seed="seed", metric="loss")
    return str(caught.value)


def test_the_first_repeated_pair_and_a_way_out_are_named() -> None:
    said = message(epoch=[1, 2] * 4, run=list("abcdefgh"))
    assert "4 pairs of them have several, the first norm=a, seed=0 (2 rows: data rows 1, 2)" in said
    assert "`epoch` would tell them apart: pick one with --where epoch=2" in said
    assert "`run`" not in said


def test_columns_that_separate_only_together_are_named() -> None:
    rows = {
        "norm": ["a"] * 4 + ["b"] * 4,
        "seed": [0] * 8,
        "loss": [1.0] * 8,
        "lr": [1, 1, 2, 2] * 2,
        "wd": [0, 1] * 4,
    }
    assert "they differ in `lr` or `wd`" in message(**rows)


def test_identical_rows_are_said_to_be_so() -> None:
    assert "don't differ in any other column" in message(lr=[0.1] * 8)


def test_the_suggested_condition_works() -> None:
    frame = pl.DataFrame({**REPEATED, "epoch": [1, 2] * 4})
    table = paired_outcomes(frame, factor="norm", seed="seed", metric="loss", where=["epoch=2"])
    assert table.outcomes[0].reference == (1.0, 3.0)
