"""Climatology uses the season where it helps."""

import numpy as np

from steelyard.rare_events import Climatology, simulate


def test_the_season_is_used_only_where_it_helps():
    assert Climatology().fit(simulate(steps=4000, seed=0, season=1.5).series).seasonal_
    flat = [
        Climatology().fit(simulate(steps=2000, seed=seed, season=0.0).series).seasonal_ for seed in range(6)
    ]
    assert sum(flat) <= 3
    assert not Climatology().fit([0, 1, 0, 0, 2] * 30).seasonal_


def test_it_says_the_same_for_every_horizon():
    series = simulate(steps=1000, seed=0).series
    forecast = Climatology(horizon=5).fit(series).predict(series, start=series.ds[900])
    day = forecast.row == 950
    assert day.sum() == 5
    assert np.ptp(forecast.p_event[day]) == 0
