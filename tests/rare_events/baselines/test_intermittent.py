"""Croston, SBA and TSB are what their papers say."""

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.rare_events import TSB, Croston, CrostonSBA, simulate

Y = np.array([0, 0, 3, 0, 1, 0, 0, 0, 2, 2, 0])
EVERY = [Croston, CrostonSBA, TSB]


def recursion_of_croston(y, *, gain, interval, strength):
    """Croston (1972), step by step: both levels move at events only."""
    since = 0
    for count in y:
        since += 1
        if count > 0:
            interval += gain * (since - interval)
            strength += gain * (count - strength)
            since = 0
    return interval, strength


def test_croston_is_its_recursion_and_sba_its_correction():
    for gain in (0.1, 0.4):
        model = Croston(occurrence_gain=gain, strength_gain=gain).fit(Y)
        interval, strength = recursion_of_croston(Y, gain=gain, interval=1 / model.rate_, strength=2.0)
        forecast = model.predict(Y)
        assert forecast.p_event[0] == pytest.approx(1 / interval)
        assert forecast.mean[0] == pytest.approx(strength / interval, rel=1e-3)
        corrected = CrostonSBA(occurrence_gain=gain, strength_gain=gain).fit(Y).predict(Y)
        assert corrected.p_event[0] == pytest.approx((1 - gain / 2) / interval)


def test_tsb_is_its_recursion():
    model = TSB(occurrence_gain=0.2, strength_gain=0.1).fit(Y)
    p = model.rate_
    for count in Y:
        p += 0.2 * ((count > 0) - p)
    assert model.predict(Y).p_event[0] == pytest.approx(p)


def test_only_tsb_lets_a_series_die_out():
    dead = np.concatenate([Y, np.zeros(300, dtype=int)])
    assert TSB(occurrence_gain=0.1).fit(Y).predict(dead).p_event[0] < 1e-3
    assert Croston(occurrence_gain=0.1).fit(Y).predict(dead).p_event[0] > 0.2


@pytest.mark.parametrize("method", EVERY)
def test_chosen_gains_are_the_best_of_those_tried(method):
    series = simulate(steps=2000, seed=3, persistence=3.0).series
    chosen = method().fit(series)

    def nats(gain):
        forecast = (
            method(occurrence_gain=gain, strength_gain=0.1).fit(series).predict(series, start=series.ds[0])
        )
        return -np.log(np.where(series.y > 0, forecast.p_event, 1 - forecast.p_event)).sum()

    scores = {gain: nats(gain) for gain in (0.01, 0.03, 0.1, 0.3)}
    assert chosen.occurrence_gain_ == min(scores, key=scores.get)


@pytest.mark.parametrize("method", EVERY)
def test_every_horizon_gets_the_same_forecast(method):
    forecast = method(horizon=3).fit(Y).predict(Y)
    assert np.ptp(forecast.log_pmf, axis=0).max() == 0


@pytest.mark.parametrize("method", EVERY)
def test_bad_gains_and_silent_histories_are_refused(method):
    with pytest.raises(InputError, match="`strength_gain` must lie in"):
        method(strength_gain=0.0).fit(Y)
    series = simulate(steps=500, seed=0).series.before("2000-01-20")
    from dataclasses import replace

    with pytest.raises(InputError, match="must have an event"):
        method().fit(replace(series, y=np.zeros(len(series), dtype=np.int64)))
