from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from steelyard.errors import InputError
from steelyard.study.imports.columns import pick_rows, tidy_names


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("lr=0.10", [0]),
        ("lr=1e-2", [1]),
        ("lr=", [2]),
        ("flag=true", [0, 2]),
        ("model=resnet", [0]),
        ("model=a=b", [1]),
        ("model=", [2]),
        ("a=b=x", [0, 1, 2]),
        (" day = 2025-01-02", [1]),
    ],
)
def test_conditions_of_every_type(condition: str, rows: list[int]) -> None:
    frame = pl.DataFrame(
        {
            "row": [0, 1, 2],
            "lr": [0.1, 0.01, None],
            "flag": [True, False, True],
            "model": [" resnet", "a=b", ""],
            "a=b": ["x"] * 3,
            "day": [date(2025, 1, 1), date(2025, 1, 2), date(2025, 1, 3)],
        }
    )
    assert pick_rows(frame, [condition])["row"].to_list() == rows


def test_conditions_on_several_columns_all_hold() -> None:
    frame = pl.DataFrame({"lr": [1, 1, 2], "model": ["a", "b", "a"]})
    assert pick_rows(frame, ["lr=1", "model=a"]).height == 1
    with pytest.raises(InputError, match="none has model=b; `model` is a"):
        pick_rows(frame, ["lr=2", "model=b"])


def test_names_that_would_collide_stay_as_they_are() -> None:
    frame = pl.DataFrame({"seed": [1], " seed": [2]})
    assert tidy_names(frame).columns == ["seed", " seed"]
