import numpy as np

from steelyard.rare_events import simulate
from steelyard.rare_events.backtest import backtest

SERIES = simulate(steps=400, seed=0).series


def test_everything_is_fold_after_fold():
    result = backtest(SERIES, {}, horizon=2, folds=3)
    assert len(result) == sum(len(fold.y) for fold in result.folds) == len(result.y)
    assert np.array_equal(result.ds, result.origin_ds + (result.ahead - 1) * np.timedelta64(1, "D"))
    at = np.searchsorted(SERIES.ds, result.ds)
    assert np.array_equal(SERIES.y[at], result.y)
    assert set(result.unique_id) == {"simulated"}
    assert result.base_rate_before == (SERIES.y[:320] > 0).mean()


def test_folds_whose_tables_differ_in_length_are_read_one_by_one():
    result = backtest(SERIES, {}, folds=2)
    p = result.each("markov", lambda forecast, _: forecast.p_event)
    assert np.array_equal(p, np.concatenate([fold.forecasts["markov"].p_event for fold in result.folds]))
