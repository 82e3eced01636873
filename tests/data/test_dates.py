import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.data.dates import at_steps, on_grid, parse_dates
from steelyard.errors import InputError

DAYS = ["2024-02-28", "2024-02-29", "2024-03-01"]
EXPECTED = np.array(DAYS, dtype="datetime64[us]")


@pytest.mark.parametrize(
    "values",
    [
        DAYS,
        [f" {day} " for day in DAYS],
        [day.replace("-", "/") for day in DAYS],
        [day.replace("-", "") for day in DAYS],
        [int(day.replace("-", "")) for day in DAYS],
        [f"{day} 00:00:00" for day in DAYS],
        [f"{day}T00:00" for day in DAYS],
        [f"{day}T00:00:00.000" for day in DAYS],
        [f"{day}T00:00:00Z" for day in DAYS],
        [dt.date.fromisoformat(day) for day in DAYS],
        [dt.datetime.fromisoformat(day) for day in DAYS],
    ],
)
def test_one_date_has_many_spellings(values):
    assert (parse_dates(pl.Series("ds", values)) == EXPECTED).all()


def test_whole_numbers_are_positions_unless_all_read_as_dates():
    assert parse_dates(pl.Series("ds", [1, 2, 3])).tolist() == [1, 2, 3]
    assert parse_dates(pl.Series("ds", [20240101, 20249999])).tolist() == [20240101, 20249999]


def test_zoned_midnights_are_local_dates_other_times_utc():
    midnights = pl.Series("ds", DAYS).str.to_datetime("%Y-%m-%d").dt.replace_time_zone("Europe/Berlin")
    assert (parse_dates(midnights) == EXPECTED).all()
    assert parse_dates(midnights.dt.offset_by("1h"))[0] == np.datetime64("2024-02-28T00:00")


@pytest.mark.parametrize("zones", [("+01:00", "+01:00", "+02:00"), ("Z", "+05:30", "-05:00")])
def test_midnights_written_with_any_zones_are_local_dates(zones):
    text = [f"{day}T00:00:00{zone}" for day, zone in zip(DAYS, zones, strict=True)]
    assert (parse_dates(pl.Series("ds", text)) == EXPECTED).all()


def test_other_times_written_with_several_zones_are_utc():
    text = ["2024-03-29T05:00:00+01:00", "2024-03-29T06:00:00+01:00", "2024-03-29T06:00:00Z"]
    hours = np.array(["2024-03-29T04", "2024-03-29T05", "2024-03-29T06"], dtype="datetime64[us]")
    assert (parse_dates(pl.Series("ds", text)) == hours).all()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["2024-03-29T05:00:00", "2024-03-29T06:00:00Z"], "all in one form"),
        ([0, 2**60], r"must lie within 2\^53 of 0, but row 2 is 1152921504606846976"),
        ([-(2**63), 0], "row 1 is -9223372036854775808"),
        (["2024-01-01", "soon"], "row 2 is 'soon'"),
        (["2024-01-01", "2024-02-30"], "row 2 is '2024-02-30'"),
        (["03/04/2024"], "row 1"),
        (["2024-01-01", None], "row 2 of column 'ds' is empty"),
        ([1.5], "must hold dates, but holds Float64"),
    ],
)
def test_refuses(values, message):
    with pytest.raises(InputError, match=message):
        parse_dates(pl.Series("ds", values))


@pytest.mark.parametrize(
    ("dates", "step"),
    [
        (np.arange("2024-01-01", "2024-02-01", dtype="datetime64[D]"), "daily"),
        (np.arange("2024-01-01", "2024-06-01", 7, dtype="datetime64[D]"), "weekly"),
        (np.arange("2024-01-01T00", "2024-01-03T00", dtype="datetime64[h]"), "hourly"),
        (np.arange("2024-01-01T00", "2024-01-03T00", 3, dtype="datetime64[h]"), "every 3 hours"),
        (np.arange("2023-01", "2024-06", dtype="datetime64[M]"), "monthly"),
        (np.arange("2023-01", "2026-06", 3, dtype="datetime64[M]"), "quarterly"),
        (np.arange("2000", "2024", dtype="datetime64[Y]"), "yearly"),
        (np.arange("2023-01", "2024-06", dtype="datetime64[M]") + np.timedelta64(1, "M"), "monthly"),
    ],
)
def test_the_step_is_the_most_common_difference(dates, step):
    dates = dates.astype("datetime64[us]")
    grid = on_grid(dates, name="x")
    assert grid.step == step
    assert grid.index.tolist() == list(range(len(dates)))


@given(
    st.sampled_from(["D", "M"]),
    st.lists(st.booleans(), min_size=12, max_size=60),
    st.integers(1, 28),
)
def test_steps_lead_back_to_the_dates(unit, kept, day):
    keep = np.array([True] * 61 + kept)
    dates = (np.datetime64("2019-11", unit) + np.arange(len(keep))).astype("datetime64[us]")
    if unit == "M":
        dates = dates + np.timedelta64(day - 1, "D")
    dates = dates[keep]
    grid = on_grid(dates, name="x")
    assert (at_steps(dates[0], grid, grid.index) == dates).all()


def test_month_ends_stay_month_ends():
    months = np.arange("2023-01", "2024-06", dtype="datetime64[M]")
    ends = (months + 1).astype("datetime64[us]") - np.timedelta64(1, "D")
    grid = on_grid(ends, name="x")
    assert grid.step == "monthly"
    assert (at_steps(ends[0], grid, grid.index) == ends).all()


def test_a_log_of_event_days_is_daily():
    days = np.array(
        ["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-17", "2024-01-20", "2024-02-02"], "datetime64[us]"
    )
    assert on_grid(days, name="x").step == "daily"


def test_one_wrong_date_does_not_make_a_weekly_series_daily():
    weeks = np.arange("2024-01-01", "2024-06-01", 7, dtype="datetime64[D]").astype("datetime64[us]")
    weeks[5] += np.timedelta64(1, "D")
    with pytest.raises(InputError, match="weekly"):
        on_grid(weeks, name="x")


def test_a_date_between_two_steps_is_refused():
    dates = np.array(
        ["2024-01-01", "2024-01-02", "2024-01-02T12", "2024-01-03", "2024-01-04", "2024-01-05"],
        "datetime64[us]",
    )
    with pytest.raises(InputError, match="regular"):
        on_grid(dates, name="x")
