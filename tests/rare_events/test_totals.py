"""Totals over a horizon: exact where sums of steps are, bounded where they are not."""

from dataclasses import replace

import numpy as np
import pytest

from steelyard.rare_events import Markov, RareEventForecaster, draw_scenarios, simulate
from steelyard.rare_events.totals import totals_of

SERIES = simulate(steps=600, seed=0, persistence=3.0).series


def test_each_series_and_origin_has_its_own_total():
    other = replace(SERIES.before(SERIES.ds[590]), unique_id="other")
    forecast = Markov(horizon=3).fit(SERIES).predict([SERIES, other], start=SERIES.ds[585])
    total = forecast.totals()
    assert len(total.origin) == 15 + 5 == len(total.expected)
    for row in (0, 3, 14, 16):
        same = (forecast.origin == total.origin[row]) & (forecast.unique_id == total.unique_id[row])
        assert same.sum() == total.steps[row]
        assert total.expected[row] == pytest.approx(forecast.mean[same].sum())
    assert total.steps.tolist()[12:15] == [3, 2, 1]


def test_rows_may_stand_in_any_order():
    names = np.array(["a", "b", "a", "b"])
    total = totals_of(
        unique_id=names,
        origin=np.array([5, 5, 5, 6]),
        mean=np.array([1.0, 2.0, 0.5, 4.0]),
        p_event=np.array([0.7, 0.2, 0.6, 0.9]),
    )
    assert total.unique_id.tolist() == ["a", "b", "b"]
    assert total.origin.tolist() == [5, 5, 6]
    assert total.steps.tolist() == [2, 1, 1]
    assert total.expected.tolist() == [1.5, 2.0, 4.0]
    assert total.p_any_least.tolist() == [0.7, 0.2, 0.9]
    assert total.p_any_most.tolist() == [1.0, 0.2, 0.9]


def test_nothing_has_no_totals():
    nothing = np.zeros(0)
    total = totals_of(
        unique_id=np.zeros(0, dtype=np.str_),
        origin=np.zeros(0, dtype=np.int64),
        mean=nothing,
        p_event=nothing,
    )
    assert len(total.expected) == len(total.steps) == 0


def test_the_truth_lies_within_the_bounds_and_the_mean_of_the_sum_is_the_sum_of_the_means():
    """Two steps of a chain, by enumeration: persistence moves P(any) and leaves the expected total where it is."""
    start, stay, rise = 0.3, 0.8, 0.1
    second = start * stay + (1 - start) * rise
    total = totals_of(
        unique_id=np.array(["a", "a"]),
        origin=np.array([0, 0]),
        mean=np.array([start, second]),
        p_event=np.array([start, second]),
    )
    p_any = 1 - (1 - start) * (1 - rise)
    expected = sum(
        (first + then) * (start if first else 1 - start) * (chance if then else 1 - chance)
        for first in (0, 1)
        for then in (0, 1)
        for chance in [stay if first else rise]
    )
    assert total.expected[0] == pytest.approx(expected)
    assert total.p_any_least[0] < p_any < total.p_any_most[0]


def test_scenarios_say_what_the_bounds_leave_open():
    model = RareEventForecaster(window=10, hidden=8, epochs=5, span=32, memory=(5.0,)).fit(SERIES)
    tomorrow = model.predict(SERIES).totals()
    drawn = draw_scenarios(model, SERIES, steps=1, paths=20_000, seed=0)
    error = drawn.total.std(axis=1) / np.sqrt(20_000)
    assert abs(drawn.expected_total - tomorrow.expected)[0] < 4 * error[0]
    assert tomorrow.p_any_least[0] == pytest.approx(tomorrow.p_any_most[0])
    assert abs(drawn.p_any[0] - tomorrow.p_any_most[0]) < 4 * np.sqrt(0.25 / 20_000)
