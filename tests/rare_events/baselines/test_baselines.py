"""What every baseline must do, whatever it is, and how they compare where the truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.rare_events import (
    TSB,
    Climatology,
    Croston,
    CrostonSBA,
    HurdleBoosting,
    LaggedLogistic,
    Markov,
    simulate,
)

EVERY = [Climatology, Markov, LaggedLogistic, Croston, CrostonSBA, TSB, HurdleBoosting]
KNOWN = simulate(steps=5000, seed=0, season=1.5)
START = KNOWN.series.ds[4000]
HISTORY = KNOWN.series.before(START)
AHEAD = 3


@pytest.fixture(scope="module", params=EVERY, ids=lambda baseline: baseline.__name__)
def baseline(request):
    return request.param


@pytest.fixture(scope="module")
def fitted(baseline):
    return baseline(horizon=AHEAD).fit(HISTORY)


def test_forecasts_are_distributions_of_all_horizons(fitted):
    forecast = fitted.predict(KNOWN.series, start=START)
    np.testing.assert_allclose(forecast.pmf.sum(axis=1), 1, atol=1e-9)
    assert np.isfinite(forecast.log_pmf).all()
    assert forecast[forecast.horizon == 1].ds.tolist() == KNOWN.series.ds[4000:].tolist()
    assert [int((forecast.horizon == ahead).sum()) for ahead in (1, 2, 3)] == [1000, 999, 998]
    assert (forecast.ds == KNOWN.series.ds[forecast.row]).all()


def test_no_forecast_knows_what_its_origin_does_not(fitted):
    y = KNOWN.series.y.copy()
    y[4500:] = 3
    changed = fitted.predict(replace(KNOWN.series, y=y), start=START)
    before = changed.origin <= 4500
    same = fitted.predict(KNOWN.series, start=START)
    np.testing.assert_array_equal(changed.log_pmf[before], same.log_pmf[before])


def test_the_steps_after_the_end_can_be_asked_for(fitted):
    ahead = fitted.predict(HISTORY)
    assert ahead.horizon.tolist() == [1, 2, 3]
    assert ahead.ds.tolist() == KNOWN.series.ds[4000:4003].tolist()
    inside = fitted.predict(KNOWN.series, start=START)[:AHEAD]
    np.testing.assert_allclose(ahead.log_pmf, inside.log_pmf, atol=1e-12)


def test_every_few_origins_are_the_same_forecasts(fitted):
    some = fitted.predict(KNOWN.series, start=START, every=7)
    every = fitted.predict(KNOWN.series, start=START)
    wanted = every[(every.origin - 4000) % 7 == 0].log_pmf
    np.testing.assert_allclose(some.log_pmf, wanted, atol=1e-12)


def test_fitting_again_gives_the_same_bits(baseline, fitted):
    again = baseline(horizon=AHEAD).fit(HISTORY)
    np.testing.assert_array_equal(again.predict(HISTORY).log_pmf, fitted.predict(HISTORY).log_pmf)


def test_plain_counts_and_several_series_will_do(baseline):
    plain = HISTORY.y[:1500].tolist()
    assert len(baseline().fit(plain).predict(plain)) == 1
    first, second = (
        replace(HISTORY, y=HISTORY.y),
        replace(HISTORY, unique_id="other", y=HISTORY.y[::-1].copy()),
    )
    both = baseline().fit([first, second])
    np.testing.assert_allclose(
        both.predict([first, second]).log_pmf[1], both.predict(second).log_pmf[0], atol=1e-12
    )


def test_predicting_needs_fitting(baseline):
    with pytest.raises(InputError, match="must be fitted"):
        baseline().predict(HISTORY)


def test_counts_that_cannot_be_tabulated_are_refused(baseline):
    y = HISTORY.y.copy()
    y[100] = 100_000
    with pytest.raises(InputError, match="must not exceed 1000"):
        baseline().fit(replace(HISTORY, y=y))


def test_an_impossible_horizon_is_refused(baseline):
    with pytest.raises(InputError, match="`horizon` must be at least 1"):
        baseline(horizon=0).fit(HISTORY).predict(HISTORY)


def test_each_knows_more_than_the_last_and_less_than_the_oracle():
    y = KNOWN.series.y[4000:]
    climatology, markov, logistic = (
        -float(baseline().fit(HISTORY).predict(KNOWN.series, start=START).log_likelihood(y).mean())
        for baseline in (Climatology, Markov, LaggedLogistic)
    )
    assert KNOWN.oracle_log_score(start=4000) < logistic < min(climatology, markov)


def test_a_series_without_any_event_does_not_stop_the_others(baseline):
    quiet = replace(HISTORY, unique_id="quiet", y=np.zeros_like(HISTORY.y))
    forecast = baseline().fit([HISTORY, quiet]).predict([HISTORY, quiet])
    assert np.isfinite(forecast.log_pmf[:, :5]).all()
    assert forecast.p_event[1] <= forecast.p_event[0] or baseline is Climatology


def test_covariates_that_a_baseline_does_not_use_are_not_in_its_way(baseline):
    told = simulate(steps=1500, seed=0, promotion=2.0, warmth=1.0).series
    forecast = baseline(horizon=2).fit(told).predict(told)
    assert np.isfinite(forecast.log_pmf).all()
