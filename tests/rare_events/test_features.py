from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.data import read_series
from steelyard.rare_events.features import Features, cycle_angles
from steelyard.rare_events.simulation import simulate

SERIES = simulate(steps=120, seed=3).series
EVERYTHING = Features(memory=(2.0, 30.0), seasons=("year", "week", "day"), so_far=True)


@given(st.integers(0, 119), st.integers(0, 50))
def test_a_row_knows_nothing_of_its_own_count_or_later_ones(row, count):
    y = SERIES.y.copy()
    y[row:] = count
    changed = EVERYTHING.table(replace(SERIES, y=y))
    np.testing.assert_array_equal(changed[: row + 1], EVERYTHING.table(SERIES)[: row + 1])


def test_the_row_ahead_is_the_one_the_longer_series_has():
    shorter = SERIES.before(SERIES.ds[100])
    np.testing.assert_allclose(
        EVERYTHING.table(shorter, ahead=True)[100], EVERYTHING.table(SERIES)[100], atol=1e-12
    )


def test_averages_are_the_weighted_means_they_say_they_are():
    (series,) = read_series([0, 3, 0, 7, 1])
    table = Features(memory=(2.0,), seasons=()).table(series)
    logs = np.log1p([0, 3, 0, 7])
    weights = 0.5 ** (np.arange(4)[::-1] / 2.0)
    assert table[4, 2] == pytest.approx((weights * logs).sum() / weights.sum())


def test_so_far_is_what_the_series_was_like():
    (series,) = read_series([0, 3, 0, 0, 1])
    so_far = Features(memory=(), seasons=(), so_far=True).table(series)[:, 2:]
    np.testing.assert_allclose(so_far[0], 0)
    np.testing.assert_allclose(so_far[4], [np.log(4) / 4, 1 / 4, np.log(5), np.log(3)])


def test_width_is_the_number_of_columns():
    assert EVERYTHING.table(SERIES).shape == (120, EVERYTHING.width)


def test_cycles_turn_once():
    days = np.array(["2023-01-01", "2023-07-02T12", "2024-01-01"], "datetime64[us]")
    np.testing.assert_allclose(cycle_angles(days, "year"), [0, np.pi, 0], atol=1e-9)
    mondays = np.array(["2024-01-01", "2024-01-08"], "datetime64[us]")
    np.testing.assert_allclose(cycle_angles(mondays, "week"), [0, 0], atol=1e-9)
    np.testing.assert_allclose(
        cycle_angles(np.array(["2024-01-01T06"], "datetime64[us]"), "day"), [np.pi / 2]
    )
    assert cycle_angles(np.arange(3), "year").tolist() == [0, 0, 0]


def test_advancing_is_the_table_of_the_longer_series():
    series = simulate(steps=40, seed=0).series
    features = Features(memory=(2.0, 9.0), seasons=("year", "week"), so_far=True)
    table, known = features.table(series), features.known(series, rows=40)
    row = table[20:21]
    for step in range(20, 39):
        row = features.advance(row, series.y[step : step + 1], steps=step, known=known[step + 1])
        np.testing.assert_allclose(row[0], table[step + 1], atol=1e-12)
