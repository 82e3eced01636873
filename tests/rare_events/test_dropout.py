"""Monte Carlo dropout: its two spreads are what they are said to be."""

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.rare_events import DropoutIntervals, RareEventForecaster, simulate

SERIES = simulate(steps=900, seed=0).series
START = SERIES.ds[700]
SMALL = {"window": 10, "hidden": 8, "epochs": 2, "span": 32, "memory": (5.0,), "horizon": 2}


@pytest.fixture(scope="module")
def model():
    return RareEventForecaster(**SMALL, dropout=0.5).fit(SERIES.before(START))


def test_the_interval_is_mean_and_both_spreads(model):
    found = DropoutIntervals(model, samples=30, coverage=0.9).fit(SERIES.before(START), start=SERIES.ds[600])
    said = found.predict(SERIES, start=START)
    reach = 1.6448536 * np.sqrt(said.model_sd**2 + said.noise_sd**2)
    np.testing.assert_allclose(said.upper, said.mean + reach, rtol=1e-6)
    np.testing.assert_allclose(said.lower, np.maximum(said.mean - reach, 0), rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(said.forecast.mean, said.mean, rtol=1e-6)
    aside = model.predict(SERIES.before(START), start=SERIES.ds[600])
    one = aside.horizon == 1
    errors = SERIES.y[600:700] - aside.mean[one]
    assert said.noise_sd[0] == pytest.approx(np.sqrt((errors**2).mean()))


def test_more_dropout_is_more_doubt(model):
    little = RareEventForecaster(**SMALL, dropout=0.05).fit(SERIES.before(START))
    doubts = [
        DropoutIntervals(each, samples=20)
        .fit(SERIES, start=START)
        .predict(SERIES, start=START)
        .model_sd.mean()
        for each in (little, model)
    ]
    assert 0 < doubts[0] < doubts[1]


def test_the_seed_makes_the_draws(model):
    said = [
        DropoutIntervals(model, samples=5, seed=seed).fit(SERIES, start=START).predict(SERIES).mean
        for seed in (0, 0, 1)
    ]
    assert np.array_equal(said[0], said[1])
    assert not np.array_equal(said[0], said[2])


def test_refuses(model):
    with pytest.raises(InputError, match="`samples` must be at least 2"):
        DropoutIntervals(model, samples=1)
    with pytest.raises(InputError, match="`coverage` must lie in"):
        DropoutIntervals(model, coverage=0.0)
    with pytest.raises(InputError, match="dropout above 0"):
        DropoutIntervals(RareEventForecaster(dropout=0.0))
    with pytest.raises(InputError, match="must be fitted"):
        DropoutIntervals(model).predict(SERIES)
    with pytest.raises(InputError, match="none of horizon 2"):
        DropoutIntervals(model).fit(SERIES, start=SERIES.ds[-1])
