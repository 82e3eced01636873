from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch

from steelyard.data import read_series
from steelyard.errors import InputError
from steelyard.rare_events import Climatology, RareEventForecaster, simulate
from steelyard.rare_events.objectives import LOSSES

SMALL = {"window": 10, "hidden": 8, "epochs": 2, "span": 32, "memory": (5.0,)}
KNOWN = simulate(steps=900, seed=0)
START = KNOWN.series.ds[700]


@pytest.fixture(scope="module")
def fitted():
    return RareEventForecaster(**SMALL).fit(KNOWN.series.before(START))


@pytest.mark.parametrize(("heads", "loss"), [(heads, loss) for heads in LOSSES for loss in LOSSES[heads]])
def test_every_arrangement_forecasts_distributions_and_survives_saving(heads, loss, tmp_path):
    model = RareEventForecaster(heads=heads, loss=loss, **SMALL).fit(KNOWN.series.before(START))
    forecast = model.predict(KNOWN.series, start=START)
    assert forecast.ds.tolist() == KNOWN.series.ds[700:].tolist()
    np.testing.assert_allclose(forecast.pmf.sum(axis=1), 1, atol=1e-9)
    assert np.isfinite(forecast.log_pmf[:, :20]).all()
    assert ((forecast.p_event > 0) & (forecast.p_event < 1)).all()
    assert (forecast.strength >= 1).all()
    model.save(tmp_path / "model")
    again = RareEventForecaster.load(tmp_path / "model").predict(KNOWN.series, start=START)
    np.testing.assert_array_equal(again.log_pmf, forecast.log_pmf)


@pytest.mark.slow
def test_learns_what_can_be_known():
    known = simulate(steps=6000, seed=1)
    start = known.series.ds[4500]
    history = known.series.before(start)
    y = known.series.y[4500:]
    model = RareEventForecaster(window=20, hidden=16, epochs=10, memory=(3.0,), seed=0).fit(history)
    ours = -model.score(known.series, start=start)
    naive = -Climatology().fit(history).predict(known.series, start=start).log_likelihood(y).mean()
    oracle = known.oracle_log_score(start=4500)
    assert oracle < ours < naive
    assert (naive - ours) / (naive - oracle) > 0.8


def test_a_forecast_knows_nothing_of_its_own_day_or_later_ones(fitted):
    y = KNOWN.series.y.copy()
    y[800:] = 9
    changed = fitted.predict(replace(KNOWN.series, y=y), start=START)
    same = fitted.predict(KNOWN.series, start=START)
    np.testing.assert_array_equal(changed.log_pmf[:101], same.log_pmf[:101])
    assert not np.array_equal(changed.log_pmf[101], same.log_pmf[101])


def test_tomorrow_is_forecast_from_all_that_happened(fitted):
    whole = fitted.predict(KNOWN.series, start=KNOWN.series.ds[800])
    tomorrow = fitted.predict(KNOWN.series.before(KNOWN.series.ds[800]))
    assert tomorrow.ds[0] == KNOWN.series.ds[800]
    np.testing.assert_allclose(tomorrow.p_event, whole.p_event[:1], rtol=1e-4)


def test_same_seed_same_bits_and_the_global_generator_is_left_alone(fitted):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    again = RareEventForecaster(**SMALL).fit(KNOWN.series.before(START))
    assert torch.equal(torch.get_rng_state(), before)
    other = RareEventForecaster(**SMALL, seed=1).fit(KNOWN.series.before(START))
    tables = [each.predict(KNOWN.series, start=START).log_pmf for each in (fitted, again, other)]
    assert np.array_equal(tables[0], tables[1])
    assert not np.array_equal(tables[0], tables[2])


def test_reads_frames_and_lists_too():
    frame = pl.DataFrame({"ds": KNOWN.series.ds, "y": KNOWN.series.y})
    from_frame = RareEventForecaster(**SMALL).fit(frame).predict(frame)
    from_pandas = RareEventForecaster(**SMALL).fit(frame.to_pandas()).predict(frame.to_pandas())
    assert np.array_equal(from_frame.log_pmf, from_pandas.log_pmf)
    plain = KNOWN.series.y.tolist()
    assert RareEventForecaster(**SMALL).fit(plain).predict(plain).ds.tolist() == [900]


def test_several_series_share_one_network():
    other = replace(simulate(steps=900, seed=7).series, unique_id="other")
    model = RareEventForecaster(**SMALL).fit([KNOWN.series.before(START), other.before(START)])
    forecast = model.predict([KNOWN.series, other], start=START)
    assert forecast.unique_id.tolist() == ["simulated"] * 200 + ["other"] * 200
    alone = model.predict(other, start=START)
    np.testing.assert_allclose(alone.p_event, forecast.p_event[200:], rtol=1e-4)


def test_all_horizons_are_forecast_from_every_origin(tmp_path):
    history = KNOWN.series.before(START)
    model = RareEventForecaster(**SMALL, horizon=4, head="chain").fit(history)
    forecast = model.predict(KNOWN.series, start=START)
    assert [int((forecast.horizon == ahead).sum()) for ahead in (1, 2, 3, 4)] == [200, 199, 198, 197]
    assert (forecast.ds == KNOWN.series.ds[forecast.row]).all()
    ahead = model.predict(history)
    np.testing.assert_allclose(ahead.p_event, forecast.p_event[:4], rtol=1e-4)
    assert ahead.ds.tolist() == KNOWN.series.ds[700:704].tolist()
    some = model.predict(KNOWN.series, start=START, every=5)
    np.testing.assert_array_equal(some.log_pmf, forecast[(forecast.origin - 700) % 5 == 0].log_pmf)
    model.save(tmp_path)
    np.testing.assert_array_equal(RareEventForecaster.load(tmp_path).predict(history).log_pmf, ahead.log_pmf)


@pytest.mark.parametrize(
    "switches",
    [
        {"front": "cnn"},
        {"front": "dense", "body": "separate"},
        {"encoder": "lags", "lags": 5},
        {"autoencoder": "joint", "weights": {"occurrence": 1, "strength": 0.5, "reconstruction": 0.1}},
        {"autoencoder": "frozen", "head": "lstm", "skip": False},
        {"weights": "uncertainty"},
    ],
    ids=str,
)
def test_every_switch_forecasts_and_survives_saving(switches, tmp_path):
    model = RareEventForecaster(**SMALL, **switches).fit(KNOWN.series.before(START))
    forecast = model.predict(KNOWN.series, start=START)
    np.testing.assert_allclose(forecast.pmf.sum(axis=1), 1, atol=1e-9)
    model.save(tmp_path)
    again = RareEventForecaster.load(tmp_path)
    np.testing.assert_array_equal(again.predict(KNOWN.series, start=START).log_pmf, forecast.log_pmf)
    assert again.history_ == model.history_
    assert again.get_params() == model.get_params() | {"memory": [5.0]}


def test_the_described_network_is_that_of_the_question():
    model = RareEventForecaster.described().set_params(**SMALL).fit(KNOWN.series.before(START))
    assert set(model.history_[-1].parts) == {"occurrence", "strength", "reconstruction"}
    assert model.model_.decoder is not None
    assert all(head.lstm is not None for head in model.model_.heads)
    assert model.model_.heads[0].linear.in_features == SMALL["hidden"]
    assert ((p := model.predict(KNOWN.series, start=START).p_event) > 0).all()
    assert np.ptp(p) > 0


def test_an_update_goes_on_from_where_it_was(fitted):
    import copy

    model = copy.deepcopy(fitted)
    before = model.predict(KNOWN.series, start=START).log_pmf
    model.update(KNOWN.series, epochs=2)
    assert [epoch.epoch for epoch in model.history_] == [1, 2, 1, 2]
    assert not np.array_equal(model.predict(KNOWN.series, start=START).log_pmf, before)
    assert torch.equal(model.model_.centre, fitted.model_.centre)
    np.testing.assert_array_equal(fitted.predict(KNOWN.series, start=START).log_pmf, before)


def test_an_update_with_larger_counts_widens_the_table(fitted):
    import copy

    y = KNOWN.series.y.copy()
    y[850] = 40
    model = copy.deepcopy(fitted).update(replace(KNOWN.series, y=y), epochs=1)
    assert model.predict(KNOWN.series).most == 90 > fitted.most_


def test_a_new_and_a_short_series_can_be_forecast(fitted):
    (short,) = read_series([0, 1, 0])
    assert np.isfinite(fitted.predict(short).log_pmf).all()
    many = [replace(simulate(steps=40, seed=seed).series, unique_id=str(seed)) for seed in range(12)]
    model = RareEventForecaster(**SMALL | {"window": 30}, horizon=6).fit(many)
    assert len(model.predict(many)) == 72


def test_a_constant_series_among_others_is_learned_from_and_forecast():
    quiet = replace(KNOWN.series, unique_id="quiet", y=np.zeros_like(KNOWN.series.y))
    busy = replace(KNOWN.series, unique_id="busy", y=np.full_like(KNOWN.series.y, 2))
    model = RareEventForecaster(**SMALL | {"epochs": 10}).fit([KNOWN.series, quiet, busy])
    mixed, never, always = model.predict([KNOWN.series, quiet, busy]).p_event
    assert never < 0.1
    assert always > 0.9
    assert never < mixed < always


def test_reports_every_epoch():
    seen = []
    model = RareEventForecaster(**SMALL).fit(KNOWN.series, on_epoch=seen.append)
    assert [epoch.epoch for epoch in seen] == [1, 2]
    assert seen == model.history_


def test_parameters_are_those_of_the_constructor():
    model = RareEventForecaster(heads="one", window=9)
    assert RareEventForecaster(**model.get_params()).get_params() == model.get_params()


@pytest.mark.parametrize(
    ("parameters", "source", "message"),
    [
        ({"window": 0}, KNOWN.series, "`window` must be at least 1, but got 0"),
        ({"validation_share": 0.9}, KNOWN.series, "`validation_share` must lie in"),
        ({"dropout": 1.0}, KNOWN.series, "`dropout` must lie in"),
        ({"heads": "three"}, KNOWN.series, "`heads` must be one of"),
        ({}, [0, 1] * 20, "at least 63 steps to train on, but have 40"),
        ({}, [0] * 200 + [1], "at least 5 steps with an event"),
        ({}, [0, 1] * 100 + [0] * 100, "validation part must have steps with and without"),
        ({}, [0, 2000] * 100, "must not exceed 1000"),
        ({}, [0, 2**53] * 100, "must not exceed 1000, but series 'series' reaches 9007199254740992"),
        ({}, [0, 2**63] * 100, "too large to be exact"),
        ({}, [0, 1e300] * 100, "too large to be exact"),
        ({}, ["0", "many"] * 100, "row 2 is 'many', not a number"),
    ],
)
def test_refuses_to_fit(parameters, source, message):
    with pytest.raises(InputError, match=message):
        RareEventForecaster(**parameters).fit(source)


def test_refuses_what_cannot_be_asked(fitted, tmp_path):
    with pytest.raises(InputError, match="must be fitted"):
        RareEventForecaster().predict(KNOWN.series)
    with pytest.raises(InputError, match="must be fitted"):
        RareEventForecaster().save(tmp_path)
    with pytest.raises(InputError, match="must be fitted"):
        RareEventForecaster().update(KNOWN.series)
    with pytest.raises(InputError, match="a parameter must be one of"):
        RareEventForecaster().set_params(layers=3)
    with pytest.raises(InputError, match="must not lie after the end"):
        fitted.predict(KNOWN.series, start="2050-01-01")
    with pytest.raises(InputError, match="must be a date like those"):
        fitted.predict(KNOWN.series, start="soon")
    with pytest.raises(InputError, match="must hold a saved forecaster"):
        RareEventForecaster.load(tmp_path)
    (tmp_path / "forecaster.json").write_text('{"format": 99}')
    with pytest.raises(InputError, match="of format 99"):
        RareEventForecaster.load(tmp_path)


def test_a_plain_series_has_no_season():
    (series,) = read_series(KNOWN.series.y)
    model = RareEventForecaster(**SMALL).fit(series)
    assert np.isfinite(model.predict(series).p_event).all()
