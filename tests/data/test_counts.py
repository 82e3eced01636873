from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.data.counts import parse_counts
from steelyard.errors import InputError


@given(st.lists(st.integers(0, 2**53), min_size=1))
def test_whole_numbers_survive_whatever_they_are_written_as(values):
    for column in (pl.Series("y", values), pl.Series("y", [f" {value} " for value in values])):
        assert parse_counts(column).tolist() == values


def test_floats_and_booleans_are_counts_when_whole():
    assert parse_counts(pl.Series("y", [0.0, 2.0])).tolist() == [0, 2]
    assert parse_counts(pl.Series("y", [True, False])).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0, None, 1], "row 2 is missing; a missing value is not a zero"),
        ([0.0, float("nan")], "row 2 is nan, not finite"),
        ([0.0, float("inf")], "row 2 is inf"),
        ([3, -1], "row 2 is -1, negative"),
        ([1.0, 2.5], "row 2 is 2.5, not whole"),
        (["1", "two"], "row 2 is 'two', not a number"),
        ([1.0, 1e300], "row 2 is 1e\\+300, too large"),
        ([1.0, -1e300], "row 2 is -1e\\+300, negative"),
        ([1, 2**60], "too large"),
        (["1", "9" * 20], "row 2 is '99999999999999999999', too large"),
        (["1", "nan"], "row 2 is 'nan', not finite"),
        (["1", ""], "row 2 is '', not a number"),
        ([Decimal("1.0"), Decimal("0.5")], "row 2 is 0.5, not whole"),
        ([[1], [2]], "not one value"),
    ],
)
def test_names_the_first_wrong_row(values, message):
    with pytest.raises(InputError, match=message):
        parse_counts(pl.Series("y", values))


def test_returns_int64():
    assert parse_counts(pl.Series("y", [1], dtype=pl.UInt8)).dtype == np.int64
