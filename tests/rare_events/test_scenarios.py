"""Scenarios follow the one-step forecast, step by step."""

from dataclasses import replace

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.rare_events import RareEventForecaster, draw_scenarios, simulate

SERIES = simulate(steps=900, seed=0, persistence=3.0).series
SMALL = {"window": 10, "hidden": 8, "epochs": 3, "span": 32, "memory": (5.0,)}


@pytest.fixture(scope="module")
def model():
    return RareEventForecaster(**SMALL).fit(SERIES)


def test_the_first_step_is_the_forecast(model):
    paths = draw_scenarios(model, SERIES, steps=1, paths=20_000, seed=0).counts[0, :, 0]
    tomorrow = model.predict(SERIES)
    shares = np.bincount(paths, minlength=tomorrow.most + 1) / 20_000
    assert np.abs(shares - tomorrow.pmf[0]).max() < 4 * np.sqrt(0.25 / 20_000)


def test_the_second_step_is_the_forecast_given_the_first(model):
    paths = draw_scenarios(model, SERIES, steps=2, paths=20_000, seed=1).counts[0]
    next_day = SERIES.dates_from(len(SERIES), steps=1)
    for first in (0, 1):
        after = paths[paths[:, 0] == first, 1]
        longer = replace(SERIES, ds=np.concatenate([SERIES.ds, next_day]), y=np.append(SERIES.y, first))
        expected = model.predict(longer).p_event[0]
        assert (after > 0).mean() == pytest.approx(expected, abs=4 * np.sqrt(0.25 / len(after)) + 1e-3)


def test_series_seeds_dates_and_totals(model):
    other = replace(SERIES, unique_id="other")
    week = draw_scenarios(model, [SERIES, other], steps=7, paths=200, seed=0)
    assert week.counts.shape == (2, 200, 7)
    assert week.unique_id == ("simulated", "other")
    assert week.ds[0][0] == SERIES.next_date()
    assert np.array_equal(
        week.counts, draw_scenarios(model, [SERIES, other], steps=7, paths=200, seed=0).counts
    )
    assert not np.array_equal(week.counts[0], week.counts[1])
    assert np.array_equal(week.total, week.counts.sum(axis=2))
    assert week.p_any.tolist() == (week.counts.any(axis=2)).mean(axis=1).tolist()
    assert ((week.total <= week.total_quantile(0.9)[:, None]).mean(axis=1) >= 0.9).all()


def test_a_network_of_several_horizons_draws_from_its_first():
    model = RareEventForecaster(**SMALL, horizon=3).fit(SERIES)
    drawn = draw_scenarios(model, SERIES, steps=4, paths=4000, seed=0).counts[0]
    assert (drawn[:, 0] > 0).mean() == pytest.approx(model.predict(SERIES).p_event[0], abs=0.04)


def test_refuses(model):
    with pytest.raises(InputError, match="must be fitted"):
        draw_scenarios(RareEventForecaster(), SERIES, steps=1, seed=0)
    with pytest.raises(InputError, match="`steps` must be at least 1"):
        draw_scenarios(model, SERIES, steps=0, seed=0)
    with pytest.raises(ValueError, match="`share` must lie"):
        draw_scenarios(model, SERIES, steps=1, paths=3, seed=0).total_quantile(0.0)


def test_a_series_shorter_than_the_window_is_drawn_as_it_is_forecast(model):
    short = replace(SERIES, ds=SERIES.ds[:4], y=SERIES.y[:4])
    paths = draw_scenarios(model, short, steps=1, paths=20_000, seed=0).counts[0, :, 0]
    shares = np.bincount(paths, minlength=model.most_ + 1) / 20_000
    assert np.abs(shares - model.predict(short).pmf[0]).max() < 4 * np.sqrt(0.25 / 20_000)
