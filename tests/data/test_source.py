"""What frames of other libraries hold becomes plain columns, or a message that names the column."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pytest

from steelyard.data.source import columns_of
from steelyard.errors import InputError

UTC, CET = dt.UTC, dt.timezone(dt.timedelta(hours=1))
NEW_YORK = ZoneInfo("America/New_York")


def column(values, name="y"):
    return columns_of(pd.DataFrame({name: values}), wanted=(name,), y="y").columns[name]


def test_only_what_is_wanted_is_read_and_everything_is_named():
    found = columns_of(pl.DataFrame({"a": [1], "y": [2], "z": [3]}), wanted=("y", "b"), y="y")
    assert (list(found.columns), found.names, found.plain) == (["y"], ("a", "y", "z"), False)


@pytest.mark.parametrize(
    "values",
    [
        pd.array([1, None, 3], dtype="Int64"),
        pd.array([1.0, None, 3.0], dtype="Float64"),
        np.array([1.0, np.nan, 3.0]),
        pd.Series([1, None, 3], dtype=object),
    ],
)
def test_whatever_pandas_calls_missing_is_missing(values):
    assert column(values).to_list() == [1, None, 3]


def test_missing_dates_are_missing():
    assert column([pd.Timestamp("2024-01-01"), pd.NaT], "ds").is_null().to_list() == [False, True]


@pytest.mark.parametrize(
    ("value", "read"),
    [(2**63, 2.0**63), (2**64, 2.0**64), (2**2000, np.inf), (-(2**2000), -np.inf), (Decimal(3), 3.0)],
    ids=["2^63", "2^64", "2^2000", "-2^2000", "decimal"],
)
def test_numbers_beyond_machine_integers_become_floats(value, read):
    assert columns_of([0, value], wanted=("y",), y="y").columns["y"].to_list() == [0, read]


def test_midnights_of_several_zones_are_local_dates_and_other_times_utc():
    zones = (UTC, CET, NEW_YORK)
    midnights = [dt.datetime(2024, 1, 1 + day, tzinfo=zone) for day, zone in enumerate(zones)]
    assert column(midnights, "ds").to_list() == [each.replace(tzinfo=None) for each in midnights]
    noons = [each.replace(hour=12) for each in midnights]
    assert [each.hour for each in column(noons, "ds")] == [12, 11, 17]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            [dt.datetime(2024, 1, 1, tzinfo=UTC), dt.datetime(2024, 1, 2, tzinfo=UTC).replace(tzinfo=None)],
            "time zone each or none, but row 2 has none",
        ),
        ([1, "a"], "values of one type, but holds int, str"),
        ([1, 2j], "values of one type, but holds complex, int"),
        ([1, None, "a"], "values of one type"),
    ],
)
def test_refuses_a_column_of_several_kinds(values, message):
    with pytest.raises(InputError, match=message):
        column(pd.Series(values, dtype=object))


def test_refuses_two_columns_of_one_name():
    with pytest.raises(InputError, match="column names must be distinct"):
        columns_of(pd.DataFrame(np.zeros((2, 2)), columns=["y", "y"]), wanted=("y",), y="y")


def test_refuses_what_is_no_table():
    with pytest.raises(
        InputError, match="a path, a pandas or polars frame, or a list of counts, but got LazyFrame"
    ):
        columns_of(pl.LazyFrame({"y": [1]}), wanted=("y",), y="y")
