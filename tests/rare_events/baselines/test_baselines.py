"""What every baseline must do, and what each of them must find."""

from dataclasses import replace

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.rare_events import Climatology, LaggedLogistic, Markov, simulate

EVERY = [Climatology, Markov, LaggedLogistic]
KNOWN = simulate(steps=5000, seed=0, season=1.5)
START = KNOWN.series.ds[4000]
HISTORY = KNOWN.series.before(START)


@pytest.mark.parametrize("baseline", EVERY)
def test_forecasts_are_distributions(baseline):
    forecast = baseline().fit(HISTORY).predict(KNOWN.series, start=START)
    np.testing.assert_allclose(forecast.pmf.sum(axis=1), 1, atol=1e-9)
    assert np.isfinite(forecast.log_pmf).all()
    assert forecast.ds.tolist() == KNOWN.series.ds[4000:].tolist()


@pytest.mark.parametrize("baseline", EVERY)
def test_no_forecast_knows_its_own_day_or_later_ones(baseline):
    fitted = baseline().fit(HISTORY)
    y = KNOWN.series.y.copy()
    y[4500:] = 3
    changed = fitted.predict(replace(KNOWN.series, y=y), start=START).log_pmf
    np.testing.assert_array_equal(changed[:501], fitted.predict(KNOWN.series, start=START).log_pmf[:501])


@pytest.mark.parametrize("baseline", EVERY)
def test_tomorrow_can_be_asked_for(baseline):
    fitted = baseline().fit(HISTORY)
    tomorrow = fitted.predict(HISTORY)
    assert tomorrow.ds.tolist() == [START.astype("O")]
    np.testing.assert_allclose(tomorrow.log_pmf[0], fitted.predict(KNOWN.series, start=START).log_pmf[0])


@pytest.mark.parametrize("baseline", EVERY)
def test_plain_counts_and_several_series_will_do(baseline):
    plain = HISTORY.y.tolist()
    assert len(baseline().fit(plain).predict(plain)) == 1
    other = replace(HISTORY, unique_id="other")
    assert len(baseline().fit([HISTORY, other]).predict([HISTORY, other])) == 2


@pytest.mark.parametrize("baseline", EVERY)
def test_predicting_needs_fitting(baseline):
    with pytest.raises(InputError, match="must be fitted"):
        baseline().predict(HISTORY)


def test_each_knows_more_than_the_last_and_less_than_the_oracle():
    y = KNOWN.series.y[4000:]
    scores = [
        -float(baseline().fit(HISTORY).predict(KNOWN.series, start=START).log_likelihood(y).mean())
        for baseline in EVERY
    ]
    climatology, markov, logistic = scores
    assert KNOWN.oracle_log_score(start=4000) < logistic < min(climatology, markov)


def test_climatology_uses_the_season_only_where_it_helps():
    assert Climatology().fit(HISTORY).seasonal_
    noise = simulate(steps=2000, seed=5, season=0.0, persistence=0.0).series
    flat = Climatology().fit(noise)
    if not flat.seasonal_:
        assert np.ptp(flat.predict(noise, start=noise.ds[1000]).p_event) == 0
    assert not Climatology().fit(noise.y.tolist()).seasonal_


def test_markov_is_the_frequency_of_what_followed():
    y = HISTORY.y
    after_quiet = (y[1:][y[:-1] == 0] > 0).mean()
    assert Markov().fit(HISTORY).p_event_[0] == pytest.approx(after_quiet, abs=1e-3)


def test_the_logistic_needs_both_outcomes():
    with pytest.raises(InputError, match="events and quiet steps after the first 15"):
        LaggedLogistic().fit([0, 2, 1] + [0] * 30)
