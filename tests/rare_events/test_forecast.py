import numpy as np
import pytest
from scipy import stats

from steelyard.rare_events.forecast import Forecast, most_needed

RATES = np.array([0.1, 1.0, 3.0])
PMF = stats.poisson.pmf(np.arange(31), RATES[:, None])
FORECAST = Forecast.one_step(np.log(PMF / PMF.sum(axis=1, keepdims=True)))


def test_reads_off_what_the_distribution_says():
    np.testing.assert_allclose(FORECAST.p_event, 1 - np.exp(-RATES), rtol=1e-9)
    np.testing.assert_allclose(FORECAST.mean, RATES, rtol=1e-9)
    np.testing.assert_allclose(FORECAST.strength, RATES / (1 - np.exp(-RATES)), rtol=1e-9)
    for share in (0.1, 0.5, 0.9, 0.999):
        assert FORECAST.quantile(share).tolist() == stats.poisson.ppf(share, RATES).astype(int).tolist()


def test_counts_beyond_the_table_take_its_last_column():
    assert FORECAST.log_likelihood(np.array([99, 0, 30]))[0] == FORECAST.log_pmf[0, -1]


def test_a_share_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="`share` must lie in"):
        FORECAST.quantile(1.0)


def test_the_table_reaches_beyond_what_was_seen():
    assert most_needed(1) > 1
