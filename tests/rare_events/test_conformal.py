"""Conformal bounds hold as often as they say, whatever the forecast is worth."""

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.rare_events import ConformalIntervals, Forecast, simulate


def of_rate(rate, *, steps, most=20):
    from scipy.stats import poisson

    pmf = poisson.pmf(np.arange(most + 1), rate)
    return Forecast.one_step(np.log(np.broadcast_to(pmf / pmf.sum(), (steps, most + 1))))


@pytest.mark.parametrize("believed", [0.1, 1.0, 4.0])
@pytest.mark.parametrize("side", ["upper", "both"])
def test_coverage_holds_for_good_and_bad_forecasts(believed, side):
    rng = np.random.default_rng(0)
    held = []
    for _ in range(300):
        y = rng.poisson(1.0, size=101)
        intervals = ConformalIntervals(coverage=0.8, side=side).fit(of_rate(believed, steps=100), y[:100])
        bounds = intervals.predict(of_rate(believed, steps=1))
        held.append(bounds.lower[0] <= y[100] <= bounds.upper[0])
    assert np.mean(held) >= 0.8 - 3 * np.sqrt(0.16 / 300)


def test_a_good_forecast_is_not_widened():
    known = simulate(steps=8000, seed=0)
    y, oracle = known.series.y, known.oracle
    upper = ConformalIntervals(coverage=0.9).fit(oracle[:6000], y[:6000]).predict(oracle[6000:]).upper
    assert (y[6000:] <= upper).mean() == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / 2000))
    assert (upper <= oracle[6000:].quantile(0.9)).all()


def test_by_hand():
    forecast = Forecast.one_step(np.log([[0.5, 0.3, 0.2]] * 4))
    fitted = ConformalIntervals(coverage=0.6).fit(forecast, np.array([0, 0, 1, 2]))
    # scores F(y - 1) are 0, 0, .5, .8; the ceil(5 x .6) = 3rd is .5: every count with F(y - 1) <= .5, so up to 1
    assert fitted.levels_ == {1: (0.0, 0.5)}
    assert fitted.predict(forecast).upper.tolist() == [1, 1, 1, 1]


def test_too_few_steps_promise_nothing_but_the_whole_table():
    forecast = of_rate(0.5, steps=5)
    assert ConformalIntervals(coverage=0.9).fit(forecast, np.zeros(5, int)).predict(forecast).upper[0] == 20


def test_each_horizon_has_its_own_level():
    from dataclasses import replace

    forecast = replace(of_rate(1.0, steps=200), horizon=np.tile([1, 2], 100))
    y = np.where(forecast.horizon == 1, 0, 5)
    upper = ConformalIntervals(coverage=0.9).fit(forecast, y).predict(forecast).upper
    assert set(upper[forecast.horizon == 2]) == {5}
    assert set(upper[forecast.horizon == 1]) == {0}


def test_refuses():
    forecast = of_rate(1.0, steps=3)
    with pytest.raises(InputError, match="`coverage` must lie in"):
        ConformalIntervals(coverage=1.0)
    with pytest.raises(InputError, match="`side` must be"):
        ConformalIntervals(side="lower")
    with pytest.raises(InputError, match="must be fitted"):
        ConformalIntervals().predict(forecast)
    with pytest.raises(InputError, match="a count for each of 3"):
        ConformalIntervals().fit(forecast, np.zeros(2, int))
    from dataclasses import replace

    far = replace(forecast, horizon=np.full(3, 2))
    with pytest.raises(InputError, match="none of horizon 2"):
        ConformalIntervals().fit(forecast, np.zeros(3, int)).predict(far)
