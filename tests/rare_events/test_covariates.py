"""Covariates: kept on the scale of the training, never read too early, refused when they aren't there, and worth what they are worth."""

import copy
import json
from dataclasses import asdict, replace

import numpy as np
import polars as pl
import pytest

from steelyard.data import read_series
from steelyard.errors import InputError
from steelyard.rare_events import (
    HurdleBoosting,
    LaggedLogistic,
    RareEventForecaster,
    draw_scenarios,
    simulate,
)
from steelyard.rare_events.covariates import Covariates, covariates_from, covariates_of
from steelyard.rare_events.features import Features

KNOWN = simulate(steps=900, seed=0, season=0.0, promotion=2.5, warmth=1.2)
SERIES = replace(KNOWN.series, static={"size": 3.0, "region": "north"})
OTHER = replace(
    simulate(steps=900, seed=1, season=0.0, promotion=2.5, warmth=1.2, base_logit=-4.0).series,
    unique_id="other",
    static={"region": "south", "size": 5.0},
)
START = SERIES.ds[700]
SMALL = {"window": 10, "hidden": 8, "epochs": 2, "span": 32, "memory": (5.0,), "seasons": ()}
MODELS = {
    "network": lambda: RareEventForecaster(**SMALL, horizon=2),
    "network without skip": lambda: RareEventForecaster(**SMALL, horizon=2, skip=False),
    "chain": lambda: RareEventForecaster(**SMALL, horizon=2, head="chain"),
    "separate": lambda: RareEventForecaster(**SMALL, horizon=2, body="separate", front="cnn"),
    "lags": lambda: RareEventForecaster(**SMALL, horizon=2, encoder="lags"),
    "logistic": lambda: LaggedLogistic(horizon=2, lags=5),
    "boosting": lambda: HurdleBoosting(horizon=2, lags=5, most_trees=20),
}


def moved(series, kind, row):
    values = getattr(series, kind).copy()
    values[row:] = 1 - values[row:]
    return replace(series, **{kind: values})


@pytest.fixture(scope="module", params=MODELS)
def fitted(request):
    return MODELS[request.param]().fit([SERIES.before(START), OTHER.before(START)])


def test_moments_are_those_of_the_training_part():
    told = covariates_of([SERIES, OTHER], stops=[100, 300])
    temperature = np.concatenate([SERIES.past[:100, 0], OTHER.past[:300, 0]])
    assert told.past[0].centre == pytest.approx(temperature.mean())
    assert told.past[0].spread == pytest.approx(temperature.std())
    scaled = np.concatenate([told.past_of(SERIES)[:100], told.past_of(OTHER)[:300]])
    assert [scaled.mean(), scaled.std()] == pytest.approx([0, 1])
    assert covariates_of([moved(SERIES, "past", 100), OTHER], stops=[100, 300]) == told


def test_large_numbers_keep_their_differences():
    stamps = replace(SERIES, past=1.7e9 + np.arange(900.0)[:, None], past_names=("time",))
    told = covariates_of([stamps])
    scaled = told.past_of(stamps)[:, 0].astype(np.float32)
    assert (np.diff(scaled) > 0).all()
    constant = covariates_of([replace(SERIES, past=np.full((900, 1), 1e15))])
    assert (constant.past_of(replace(SERIES, past=np.full((900, 1), 1e15))) == 0).all()


def test_they_survive_json():
    told = covariates_of([SERIES, OTHER])
    assert covariates_from(json.loads(json.dumps(asdict(told)))) == told
    assert told
    assert not Covariates()


def test_inputs_are_yesterdays_past_the_steps_own_known_and_the_series_static():
    told = covariates_of([SERIES, OTHER])
    origin, row = np.array([0, 5, 900]), np.array([0, 7, 900])
    inputs = told.inputs(SERIES, origin=origin, row=row)
    temperature, promotion = told.past_of(SERIES)[:, 0], told.known_of(SERIES, rows=901)[:, 0]
    assert inputs[:, 0].tolist() == [0, temperature[4], temperature[899]]
    assert inputs[:, -1].tolist() == promotion[row].tolist()
    assert inputs[:, 1:4].tolist() == [[-1.0, 0.5, -0.5]] * 3


def test_an_unknown_category_counts_as_the_average_one(fitted):
    told = covariates_of([SERIES, OTHER])
    assert told.static_of(replace(SERIES, static={"size": 4.0, "region": "west"})).tolist() == [0, 0, 0]
    new = replace(SERIES, unique_id="new", static={"size": 4.0, "region": "west"})
    assert np.isfinite(fitted.predict(new, start=START).log_pmf[:, :5]).all()


def test_no_forecast_knows_a_count_or_past_covariate_from_its_origin_on(fitted):
    same = fitted.predict(SERIES, start=START)
    y = SERIES.y.copy()
    y[800:] = 5
    for changed in (replace(SERIES, y=y), moved(SERIES, "past", 800)):
        forecast = fitted.predict(changed, start=START)
        before = forecast.origin <= 800
        np.testing.assert_array_equal(forecast[before].log_pmf, same[before].log_pmf)
        assert (forecast[~before].log_pmf != same[~before].log_pmf).any()


def test_a_forecast_knows_the_known_covariate_of_its_step_and_the_static_features(fitted):
    same = fitted.predict(SERIES, start=START)
    forecast = fitted.predict(moved(SERIES, "known", 800), start=START)
    moved_rows = (forecast.log_pmf != same.log_pmf).any(axis=1)
    assert not moved_rows[forecast.row < 800].any()
    assert moved_rows[(forecast.row == 800) & (forecast.horizon == 1)].all()
    assert moved_rows[(forecast.row == 800) & (forecast.horizon == 2)].all()
    elsewhere = fitted.predict(replace(SERIES, static={"size": 3.0, "region": "south"}), start=START)
    assert (elsewhere.log_pmf != same.log_pmf).any()


def test_the_steps_after_the_end_take_what_is_known_of_them(fitted):
    history = SERIES.before(START)
    ahead = fitted.predict(history)
    inside = fitted.predict(SERIES, start=START)[:2]
    np.testing.assert_allclose(ahead.log_pmf, inside.log_pmf, rtol=1e-4, atol=1e-5)
    assert (fitted.predict(moved(history, "known", 701)).log_pmf[1] != ahead.log_pmf[1]).any()


def test_columns_may_stand_in_another_order_and_others_beside_them(fitted):
    names = ("sunshine", "promotion")
    wide = np.column_stack([np.ones(len(SERIES.known)), SERIES.known])
    changed = replace(SERIES, known=wide, known_names=names)
    expected = fitted.predict(SERIES, start=START).log_pmf
    np.testing.assert_array_equal(fitted.predict(changed, start=START).log_pmf, expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"known": None, "known_names": ()},
            r"must have the known covariate 'promotion'.*but has none; read.*known=\(\"promotion\",\)",
        ),
        ({"past_names": ("cold",)}, "must have the past covariate 'temperature'.*but has 'cold'"),
        ({"static": {"size": 3.0}}, "must have the static feature 'region'.*but has 'size'"),
        (
            {"static": {"size": 3.0, "region": 1.0}},
            "'region' of series 'simulated' must be text, as in training, but is 1.0",
        ),
        (
            {"static": {"size": "big", "region": "north"}},
            "'size' of series 'simulated' must be a number, as in training",
        ),
        (
            {"known": SERIES.known[:901]},
            "must reach 2 steps beyond its last count, but reach 1; add rows with an empty count",
        ),
    ],
    ids=str,
)
def test_predicting_needs_what_was_fitted(fitted, change, message):
    with pytest.raises(InputError, match=message):
        fitted.predict(replace(SERIES, **change))


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            replace(OTHER, past=None, past_names=()),
            "same past covariates, but 'simulated' has 'temperature' and 'other' has none",
        ),
        (
            replace(OTHER, known_names=("holiday",)),
            "same known covariates, but 'simulated' has 'promotion' and 'other' has 'holiday'",
        ),
        (replace(OTHER, static={"size": 5.0}), "same static features"),
        (
            replace(OTHER, static={"size": 5.0, "region": 2.0}),
            "'region' must be text in all series or a number in all",
        ),
        (
            replace(OTHER, past=np.full((900, 1), 1e300)),
            "'temperature' must be small enough to be squared, but reaches 1e\\+300",
        ),
    ],
    ids=["past", "known", "static", "kind", "size"],
)
def test_fitting_needs_the_same_of_every_series(other, message):
    for model in (RareEventForecaster(**SMALL), LaggedLogistic(), HurdleBoosting()):
        with pytest.raises(InputError, match=message):
            model.fit([SERIES, other])


def test_too_many_categories_are_refused():
    many = [replace(SERIES, unique_id=str(name), static={"shop": str(name)}) for name in range(201)]
    with pytest.raises(InputError, match="'shop' must have at most 200 categories, but has 201"):
        covariates_of(many)


def test_a_regression_on_nothing_but_counts_refuses_covariates():
    with pytest.raises(InputError, match='encoder="lags" and skip=False must have no covariates'):
        RareEventForecaster(**SMALL, encoder="lags", skip=False).fit(SERIES)


def test_a_saved_forecaster_keeps_scale_and_categories(tmp_path):
    model = MODELS["network"]().fit([SERIES.before(START), OTHER.before(START)])
    model.save(tmp_path)
    again = RareEventForecaster.load(tmp_path)
    assert again.features_ == model.features_
    np.testing.assert_array_equal(
        again.predict([SERIES, OTHER]).log_pmf, model.predict([SERIES, OTHER]).log_pmf
    )
    updated = copy.deepcopy(model).update([moved(SERIES, "past", 0), OTHER], epochs=1)
    assert updated.features_ == model.features_
    assert len(updated.history_) == 3


def test_a_checkpoint_of_other_covariates_is_refused(tmp_path):
    RareEventForecaster(**SMALL).fit(SERIES, checkpoint=tmp_path)
    with pytest.raises(InputError, match="must be of the same data and parameters"):
        RareEventForecaster(**SMALL).fit(moved(SERIES, "known", 0), checkpoint=tmp_path)


def test_flags_keep_their_scale():
    many = [
        replace(simulate(steps=60, seed=seed).series, unique_id=str(seed), static={"shop": str(seed)})
        for seed in range(20)
    ]
    model = RareEventForecaster(**SMALL).fit(many)
    flags = model.features_.flags
    assert model.model_.spread[flags].tolist() == [1.0] * 20
    assert flags.stop == model.features_.width - model.features_.known_width


def test_a_row_of_features_is_as_wide_as_it_says_and_advances_like_the_table():
    features = Features(memory=(2.0,), seasons=("year",), covariates=covariates_of([SERIES, OTHER]))
    table, known = features.table(SERIES), features.known(SERIES, rows=900)
    assert table.shape == (900, features.width)
    still = replace(SERIES, past=np.full((900, 1), 0.3))
    table = features.table(still)
    row = table[20:21]
    for step in range(20, 60):
        row = features.advance(row, SERIES.y[step : step + 1], steps=step, known=known[step + 1])
        np.testing.assert_allclose(row[0], table[step + 1], atol=1e-12)


def test_scenarios_follow_the_known_covariates_of_their_steps():
    model = RareEventForecaster(**{**SMALL, "epochs": 30}).fit(SERIES)
    quiet = replace(SERIES, known=np.concatenate([SERIES.known[:900], np.zeros((3, 1))]))
    busy = replace(SERIES, known=np.concatenate([SERIES.known[:900], [[0.0], [1.0], [0.0]]]))
    calm, driven = (
        draw_scenarios(model, each, steps=3, paths=2000, seed=0).counts[0] for each in (quiet, busy)
    )
    assert np.array_equal(calm[:, 0], driven[:, 0])
    assert (driven[:, 1] > 0).mean() > (calm[:, 1] > 0).mean() + 0.1
    with pytest.raises(InputError, match="must reach 4 steps beyond its last count, but reach 3"):
        draw_scenarios(model, quiet, steps=4, seed=0)


@pytest.mark.parametrize("kind", ["promotion", "warmth"])
@pytest.mark.parametrize("name", ["network", "logistic", "boosting"])
def test_a_covariate_that_drives_events_is_used(kind, name):
    known = simulate(steps=3000, seed=0, season=0.0, **{kind: 2.5 if kind == "promotion" else 1.2})
    series, start = known.series, known.series.ds[2200]
    bare = replace(series, known=None, known_names=(), past=None, past_names=())
    make = {
        "network": lambda: RareEventForecaster(
            window=20, hidden=16, epochs=40, patience=40, memory=(3.0,), seasons=()
        ),
        "logistic": lambda: LaggedLogistic(lags=5),
        "boosting": lambda: HurdleBoosting(lags=5),
    }[name]
    told, untold = (
        -make().fit(each.before(start)).predict(each, start=start).log_likelihood(series.y[2200:]).mean()
        for each in (series, bare)
    )
    oracle = known.oracle_log_score(start=2200)
    assert untold - oracle > 0.07
    assert told > oracle
    assert (untold - told) / (untold - oracle) > {"network": 0.85, "logistic": 0.75, "boosting": 0.6}[name]


def test_a_promotion_matters_to_far_horizons_as_to_near_ones():
    series = simulate(steps=3000, seed=0, season=0.0, promotion=2.5).series
    model = RareEventForecaster(
        window=20, hidden=16, epochs=30, patience=30, memory=(3.0,), seasons=(), horizon=3
    ).fit(series)
    forecast = model.predict(series, start=series.ds[2200])
    promoted = series.known[forecast.row, 0] > 0
    for ahead in (1, 2, 3):
        rows = forecast.horizon == ahead
        odds = np.log(forecast.p_event / (1 - forecast.p_event))
        effect = odds[rows & promoted].mean() - odds[rows & ~promoted].mean()
        assert 0.7 * 2.5 < effect < 1.1 * 2.5


@pytest.mark.parametrize("feature", ["level", "kind"])
@pytest.mark.parametrize("name", ["network", "logistic", "boosting"])
def test_a_static_feature_that_drives_events_is_used(feature, name):
    """New series, of which nothing is known yet but the feature, are told apart as they truly differ."""
    train, new = [], []
    for place in range(12):
        base = (-3.0, 0.0)[place % 2]
        drawn = simulate(steps=200, seed=place, season=0.0, persistence=0.0, base_logit=base).series
        static = {"level": base} if feature == "level" else {"kind": "busy" if place % 2 else "quiet"}
        train.append(replace(drawn, unique_id=str(place), static=static))
    for base in (-3.0, 0.0):
        (short,) = read_series([0, 0, 1])
        static = {"level": base} if feature == "level" else {"kind": "quiet" if base < 0 else "busy"}
        new.append(replace(short, unique_id=str(base), static=static))
    model = {
        "network": RareEventForecaster(window=10, hidden=8, epochs=30, memory=(), seasons=(), span=32),
        "logistic": LaggedLogistic(lags=2),
        "boosting": HurdleBoosting(lags=2),
    }[name].fit(train)
    quiet, busy = model.predict(new).p_event
    assert quiet < 0.17
    assert busy > 0.35


def test_a_long_table_is_all_it_takes(tmp_path):
    days = SERIES.dates_from(0, steps=903).astype("datetime64[D]")
    table = pl.DataFrame(
        {
            "ds": days,
            "y": [*SERIES.y.tolist(), None, None, None],
            "promotion": SERIES.known[:903, 0],
            "temperature": [*SERIES.past[:, 0].tolist(), None, None, None],
            "region": ["north"] * 903,
        }
    )
    table.write_csv(tmp_path / "shop.csv")
    series = read_series(
        tmp_path / "shop.csv", known=("promotion",), past=("temperature",), static=("region",)
    )
    forecast = RareEventForecaster(**SMALL, horizon=3).fit(series).predict(series)
    assert forecast.ds.astype("datetime64[D]").tolist() == days[900:].tolist()
