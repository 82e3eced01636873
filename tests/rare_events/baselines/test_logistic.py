"""The lagged logistic has a regression for each horizon."""

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.rare_events import LaggedLogistic, simulate


def test_it_needs_both_outcomes():
    with pytest.raises(InputError, match="events and quiet steps after the first 15"):
        LaggedLogistic().fit([0, 2, 1] + [0] * 30)


def test_a_second_horizon_leaves_the_first_as_it_is_and_is_less_sharp():
    series = simulate(steps=4000, seed=0, persistence=3.0).series
    one = LaggedLogistic(lags=5).fit(series).predict(series, start=series.ds[3000])
    two = LaggedLogistic(lags=5, horizon=2).fit(series).predict(series, start=series.ds[3000])
    np.testing.assert_array_equal(two[two.horizon == 1].log_pmf, one.log_pmf)
    assert two[two.horizon == 2].p_event.std() < one.p_event.std()
