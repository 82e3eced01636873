from dataclasses import replace

import numpy as np
import pytest

from steelyard.data.series import read_series
from steelyard.errors import InputError
from steelyard.rare_events.backtest.folds import folds_of
from steelyard.rare_events.simulation import simulate

SERIES = simulate(steps=100, seed=0).series


@pytest.mark.parametrize(
    "options", [{"folds": 4}, {"refit_every": 7}, {"window": 30}, {"every": 3, "folds": 2}]
)
@pytest.mark.parametrize("horizon", [1, 5])
def test_a_training_never_holds_what_is_forecast(options, horizon):
    for fold in folds_of([SERIES], horizon=horizon, **options):
        for each in fold.training:
            assert (each.ds < fold.start).all()
            assert (each.ds < fold.origins.min()).all()


@pytest.mark.parametrize("options", [{}, {"folds": 3}, {"refit_every": 1}, {"every": 4, "refit_every": 2}])
def test_every_origin_is_in_one_fold(options):
    found = folds_of([SERIES], horizon=2, **options)
    origins = np.concatenate([fold.origins for fold in found])
    assert np.array_equal(origins, SERIES.ds[80 :: options.get("every", 1)])
    assert [fold.index for fold in found] == list(range(len(found)))
    assert all(len(fold.origins) for fold in found)


def test_an_expanding_window_grows_and_a_sliding_one_stays():
    expanding = folds_of([SERIES], horizon=1, folds=4)
    sliding = folds_of([SERIES], horizon=1, folds=4, window=50)
    assert [len(fold.training[0]) for fold in expanding] == [80, 85, 90, 95]
    assert [len(fold.training[0]) for fold in sliding] == [50, 50, 50, 50]
    assert sliding[1].training[0].ds[0] == SERIES.ds[35]


def test_what_is_shown_ends_with_the_last_target():
    first, second = folds_of([SERIES], horizon=3, start=SERIES.ds[80], folds=2)
    assert first.shown[0].ds[-1] == first.origins[-1] + 2 * np.timedelta64(1, "D")
    assert second.shown[0].ds[-1] == SERIES.ds[-1]


def test_a_series_takes_part_when_there_is_something_to_know_and_to_forecast():
    young = replace(SERIES, unique_id="young", ds=SERIES.ds[85:], y=SERIES.y[85:])
    gone = replace(SERIES, unique_id="gone", ds=SERIES.ds[:60], y=SERIES.y[:60])
    first, second = folds_of([SERIES, young, gone], horizon=1, folds=2)
    assert [each.unique_id for each in first.shown] == ["simulated"]
    assert [each.unique_id for each in first.training] == ["simulated", "gone"]
    assert [each.unique_id for each in second.shown] == ["simulated", "young"]
    assert [each.unique_id for each in second.training] == ["simulated", "young", "gone"]


def test_positions_work_like_dates():
    [fold] = folds_of(read_series([0, 1] * 20), horizon=1, start=30)
    assert fold.origins.tolist() == list(range(30, 40))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"horizon": 0}, "`horizon` must be at least 1"),
        ({"every": 0}, "`every` must be at least 1"),
        ({"folds": 0}, "`folds` must be at least 1"),
        ({"window": 0}, "`window` must be at least 1"),
        ({"folds": 2, "refit_every": 2}, "only one of"),
        ({"folds": 21}, "must not exceed the 20 origins"),
        ({"start": "1990-01-01"}, "must lie after the first date"),
        ({"start": "2090-01-01"}, "not after the last"),
        ({"start": "soon"}, "must be a date"),
        ({"window": 2}, "3 steps before"),
    ],
)
def test_what_cannot_be_split(options, says):
    with pytest.raises(InputError, match=says):
        folds_of([SERIES], **{"horizon": 1, **options})
