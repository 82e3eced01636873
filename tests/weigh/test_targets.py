from __future__ import annotations

import array
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

from steelyard.errors import InputError
from steelyard.weigh.targets import class_counts, numbers


@pytest.mark.parametrize(
    "targets",
    [
        [0, 1, 2],
        (0.0, 1.0, 2.0),
        ["0", "1.0", " 2 "],
        [Decimal(0), Decimal(1), Decimal(2)],
        range(3),
        array.array("d", [0, 1, 2]),
        np.array([0, 1, 2], dtype=np.uint8),
        np.array([[0.0], [1.0], [2.0]]),
        np.ma.array([0, 1, 2]),
        pd.Series([0, 1, 2], index=[5, 6, 7]),
        pd.Series([0, 1, 2], dtype="Int64"),
        pl.Series([0, 1, 2]),
        pl.Series(["0", "1", "2"]),
        pl.DataFrame({"y": [0, 1, 2]}),
        torch.tensor([0, 1, 2]),
        torch.tensor([0.0, 1.0, 2.0], requires_grad=True),
        torch.tensor([0.0, 1.0, 2.0], dtype=torch.bfloat16),
    ],
    ids=lambda targets: f"{type(targets).__module__}.{type(targets).__name__}",
)
def test_numbers_from_anything(targets: Any) -> None:
    assert numbers(targets).tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        ([1.0, float("nan"), 2.0, float("inf")], "2 of 4 are not: the first is nan in row 2"),
        ([1, None], "1 of 2 are not: the first is None in row 2"),
        (["0.5", "n/a"], "the first is 'n/a' in row 2"),
        (pl.Series([1, 2, None]), "the first is nan in row 3"),
        (pd.Series([1, None], dtype="Int64"), "in row 2"),
        (np.ma.array([1, 2], mask=[True, False]), "the first is None in row 1"),
        ([date(2020, 1, 1)], "finite numbers"),
        ([1 + 2j], "finite numbers"),
        ([], "empty"),
        (3.0, "1-D"),
        ((x for x in (1, 2)), "1-D"),
        ([[0, 1], [1, 0]], "argmax"),
        ([[0, 1], [1]], "different lengths"),
    ],
)
def test_what_is_not_a_number_is_counted_and_named(targets: Any, says: str) -> None:
    with pytest.raises(InputError, match="targets") as caught:
        numbers(targets)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "targets",
    [
        ["b", "a", "b"],
        [1, 0, 1],
        [True, False, True],
        [1.0, 0.0, 1.0],
        ["b", 1, "b"],
        np.array(["b", "a", "b"], dtype=object),
        pd.Series(["b", "a", "b"], dtype="category"),
        pl.Series(["b", "a", "b"]),
        torch.tensor([1, 0, 1]),
    ],
    ids=repr,
)
def test_classes_from_anything(targets: Any) -> None:
    assert sorted(class_counts(targets).tolist()) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        (["a", None, None], "2 of 3 are not: the first is None in row 2"),
        ([0.0, float("nan")], "nan in row 2"),
        ([0.0, 0.5], "0.5 in row 2"),
        (pd.Series(["a", pd.NA], dtype=object), "row 2"),
        (pd.Series([pd.Timestamp("2020-01-01"), pd.NaT]), "row 2"),
    ],
)
def test_classes_that_are_missing_are_counted_and_named(targets: Any, says: str) -> None:
    with pytest.raises(InputError, match="classes") as caught:
        class_counts(targets)
    assert says in str(caught.value)
