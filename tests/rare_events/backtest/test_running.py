from dataclasses import replace

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.rare_events import TSB, Climatology, LaggedLogistic, Markov, RareEventForecaster, simulate
from steelyard.rare_events.backtest import backtest

KNOWN = simulate(steps=700, seed=0)
SERIES = KNOWN.series
SMALL = {"window": 10, "hidden": 4, "span": 32, "memory": (5.0,), "epochs": 2}


class Spy:
    """A climatology that remembers what it was trained on and asked for."""

    def __init__(self, horizon=1):
        self.horizon = horizon
        self.trained = []
        self.shown = []

    def __deepcopy__(self, memo):
        return self

    def fit(self, source):
        self.trained.append(tuple(source))
        self.inner = Climatology(horizon=self.horizon).fit(source)
        return self

    def predict(self, source, *, start=None, every=1):
        self.shown.append(tuple(source))
        return self.inner.predict(source, start=start, every=every)


class Cheat(Markov):
    """It knows tomorrow."""

    def predict(self, source, *, start=None, every=1):
        forecast = super().predict(source, start=start, every=every)
        y = np.concatenate([each.y[-len(forecast) :] for each in source])
        log_pmf = np.full_like(forecast.log_pmf, -30.0)
        log_pmf[np.arange(len(y)), np.minimum(y, forecast.most)] = 0.0
        return replace(forecast, log_pmf=log_pmf)


class Broken(Exception):  # noqa: N818
    """The power went."""


def assert_same(one, other):
    assert one.forecasters == other.forecasters
    for mine, theirs in zip(one.folds, other.folds, strict=True):
        assert np.array_equal(mine.y, theirs.y)
        for name in one.forecasters:
            assert mine.forecasts[name].log_pmf.tobytes() == theirs.forecasts[name].log_pmf.tobytes()


def test_no_training_holds_its_test():
    spy = Spy(horizon=3)
    result = backtest(SERIES, {"spy": spy}, horizon=3, folds=4)
    assert len(spy.trained) == len(result.folds) == 4
    for training, fold in zip(spy.trained, result.folds, strict=True):
        assert max(each.ds[-1] for each in training) < fold.start
        assert (fold.origin_ds >= fold.start).all()
        assert max(each.ds[-1] for each in training) == fold.trained_until


def test_forecasts_are_those_of_a_forecaster_fitted_by_hand():
    result = backtest(SERIES, {"tsb": TSB(horizon=2)}, horizon=2, start=SERIES.ds[600], folds=2)
    by_hand = TSB(horizon=2).fit(SERIES.before(SERIES.ds[650])).predict(SERIES, start=SERIES.ds[650])
    np.testing.assert_array_equal(result.folds[1].forecasts["tsb"].log_pmf, by_hand.log_pmf)
    np.testing.assert_array_equal(result.folds[1].y, SERIES.y[by_hand.row])
    first = result.folds[0]
    assert first.forecasts["tsb"].origin.tolist() == np.repeat(np.arange(600, 650), 2).tolist()
    assert first.y.tolist() == SERIES.y[first.forecasts["tsb"].row].tolist()


def test_every_third_origin_of_series_that_start_on_different_days():
    other = replace(SERIES, unique_id="other", ds=SERIES.ds[1:], y=SERIES.y[1:])
    both = backtest((SERIES, other), {}, horizon=2, every=3, folds=3)
    assert set(both.origin_ds.tolist()) == set(SERIES.ds[560::3].tolist())
    assert set(np.unique(both.unique_id)) == {"simulated", "other"}
    gapped = replace(SERIES, unique_id="gapped", ds=np.delete(SERIES.ds, 600), y=np.delete(SERIES.y, 600))
    odd = backtest((SERIES, gapped), {}, horizon=1, every=5)
    mine = odd.unique_id == "gapped"
    assert set(odd.origin_ds[mine].tolist()) == set(SERIES.ds[560::5].tolist()) - {SERIES.ds[600].item()}


def test_one_that_looks_ahead_is_refused():
    with pytest.raises(InputError, match="'cheat' looks ahead"):
        backtest(SERIES, {"cheat": Cheat()})


def test_the_references_are_always_there_and_the_forecaster_stays_unfitted():
    model = LaggedLogistic(lags=3)
    result = backtest(SERIES, {"logistic": model})
    assert result.forecasters == ("logistic", "climatology", "markov")
    assert not hasattr(model, "models_")


def test_finished_folds_are_not_run_again_and_give_the_same_bits(tmp_path):
    network = RareEventForecaster(horizon=2, seed=1, **SMALL)
    options = {"horizon": 2, "folds": 2}
    whole = backtest(SERIES, {"network": network}, **options)
    kept = backtest(SERIES, {"network": network}, folder=tmp_path, **options)
    again = backtest(SERIES, {"network": network}, folder=tmp_path, **options)
    assert (kept.reused, again.reused) == (0, 6)
    assert_same(whole, kept)
    assert_same(whole, again)


def test_one_that_was_killed_goes_on_from_the_last_epoch(tmp_path):
    class Cut:
        """Progress that ends the second fold's training after its first epoch."""

        def __init__(self, cut):
            self.cut, self.fold, self.epochs = cut, 0, []

        def expect(self, fits):
            self.fits = fits

        def began(self, forecaster, fold):
            self.fold = fold

        def epoch(self, epoch):
            self.epochs.append((self.fold, epoch))
            if self.cut and (self.fold, epoch) == (1, 1):
                raise Broken

        def ended(self, *, reused):
            pass

    network = {"network": RareEventForecaster(**SMALL)}
    whole = backtest(SERIES, network, folds=2)
    with pytest.raises(Broken):
        backtest(SERIES, network, folds=2, folder=tmp_path, progress=Cut(True))
    rest = Cut(False)
    resumed = backtest(SERIES, network, folds=2, folder=tmp_path, progress=rest)
    assert rest.epochs == [(1, 2)]
    assert rest.fits == 6
    assert resumed.reused == 3
    assert_same(whole, resumed)
    assert not list(tmp_path.glob("training-*"))


def test_other_data_parameters_or_folds_are_run(tmp_path):
    backtest(SERIES, {"tsb": TSB()}, folder=tmp_path)
    assert backtest(SERIES, {"tsb": LaggedLogistic()}, folder=tmp_path).reused == 2
    shorter = SERIES.before(SERIES.ds[690])
    assert backtest(shorter, {"tsb": TSB()}, folder=tmp_path, start=SERIES.ds[560]).reused == 0
    assert backtest(SERIES, {"tsb": TSB()}, folder=tmp_path, window=100).reused == 0
    assert backtest(SERIES, {"tsb": TSB()}, folder=tmp_path, every=2).reused == 0
    assert backtest(SERIES, {"tsb": TSB()}, folder=tmp_path).reused == 3


def test_the_same_bits_whatever_the_threads():
    import torch

    before = torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            results.append(backtest(SERIES, {"network": RareEventForecaster(**SMALL)}))
    finally:
        torch.set_num_threads(before)
    assert_same(*results)


def test_what_is_refused():
    with pytest.raises(InputError, match="must have the backtest's horizon, 3, but 'tsb' has 1"):
        backtest(SERIES, {"tsb": TSB()}, horizon=3)
    with pytest.raises(InputError, match=r"different names|name of its own"):
        backtest((SERIES, SERIES), {})
    with pytest.raises(
        InputError, match=r"'network' must be able to forecast fold 1 \(from .*\), but all series"
    ):
        backtest(SERIES, {"network": RareEventForecaster()}, window=60)


def test_forecasters_that_answer_other_questions_are_refused():
    class Lazy(Markov):
        def predict(self, source, *, start=None, every=1):
            return super().predict(source, start=start, every=every)[::2]

    with pytest.raises(InputError, match="must answer the same questions"):
        backtest(SERIES, {"lazy": Lazy()})
