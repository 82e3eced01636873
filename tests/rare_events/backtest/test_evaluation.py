from dataclasses import replace

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.rare_events import LaggedLogistic, simulate
from steelyard.rare_events.backtest import Backtest, FoldForecasts, backtest, evaluate
from steelyard.rare_events.forecast import Forecast
from steelyard.rare_events.scores.distribution import log_scores

KNOWN = simulate(steps=3000, seed=0)
RESULT = backtest(
    KNOWN.series, {"logistic": LaggedLogistic(horizon=2, lags=3)}, horizon=2, start="2005-01-01", folds=2
)
FOUND = evaluate(RESULT, repetitions=200)


def test_scores_are_the_means_of_all_folds():
    nats = np.concatenate([log_scores(fold.forecasts["logistic"], fold.y) for fold in RESULT.folds])
    assert FOUND.overall["logistic"].values["log_score"].value == pytest.approx(nats.mean(), rel=1e-12)
    far = np.concatenate([fold.forecasts["logistic"].horizon for fold in RESULT.folds]) == 2
    assert FOUND.by_horizon[2]["logistic"].values["log_score"].value == pytest.approx(
        nats[far].mean(), rel=1e-12
    )
    assert FOUND.by_horizon[2]["logistic"].steps == far.sum()


def test_skill_and_gain_are_paired():
    mine, theirs = FOUND.overall["logistic"], FOUND.overall["markov"]
    a, b = mine.values["log_score"].value, theirs.values["log_score"].value
    assert mine.gain["markov"].value == pytest.approx(b - a)
    assert mine.skill["markov"]["log_score"].value == pytest.approx(1 - a / b)
    assert mine.gain["markov"].low > 0
    width = mine.gain["markov"].high - mine.gain["markov"].low
    alone = mine.values["log_score"].high - mine.values["log_score"].low
    assert width < alone / 2
    same = theirs.gain["markov"]
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_intervals_hold_their_value_and_the_same_seed_gives_the_same():
    for each in FOUND.overall.values():
        for metric, estimate in each.values.items():
            if metric not in ("miscalibration", "discrimination"):
                assert estimate.low <= estimate.value <= estimate.high, metric
    again, other = (evaluate(RESULT, repetitions=50, seed=seed) for seed in (0, 1))
    first = evaluate(RESULT, repetitions=50)
    assert again.overall["logistic"].values == first.overall["logistic"].values
    assert other.overall["logistic"].values != first.overall["logistic"].values


def test_the_threshold_is_the_share_of_events_before_the_first_origin():
    assert FOUND.threshold == float((KNOWN.series.before("2005-01-01").y > 0).mean())
    assert evaluate(RESULT, threshold=0.4, repetitions=1).overall["markov"].warned.threshold == 0.4


def test_the_curve_has_an_interval_at_each_block():
    curve = FOUND.overall["logistic"].curve
    assert (np.diff(curve.forecast) > 0).all()
    assert (curve.low <= curve.observed + 1e-9).all()
    assert (curve.observed <= curve.high + 1e-9).all()
    assert curve.count.sum() == len(RESULT)
    assert FOUND.by_horizon[1]["logistic"].curve is None


def test_the_notes_say_what_all_zero_gets():
    zero = float(RESULT.y.mean())
    assert FOUND.overall["logistic"].mae_all_zero == pytest.approx(zero)
    assert any(f"{zero:.4f}" in note and "Don't choose by MAE" in note for note in FOUND.notes)


def test_few_origins_have_no_intervals_and_few_blocks_a_note():
    late = {"start": KNOWN.series.ds[-5]}
    few = evaluate(backtest(KNOWN.series, {}, **late), repetitions=10)
    assert np.isnan(few.overall["markov"].values["log_score"].low)
    assert any("There are no intervals" in note for note in few.notes)
    longer = evaluate(backtest(KNOWN.series, {}, start=KNOWN.series.ds[-60]), block_length=10, repetitions=10)
    assert any("60 origins make 6 blocks of 10" in note for note in longer.notes)


def test_an_impossible_event_has_no_interval_and_complains_about_nothing():
    fold = RESULT.folds[0]
    sure = fold.forecasts["logistic"]
    log_pmf = np.full_like(sure.log_pmf, -np.inf)
    log_pmf[:, 0] = 0.0
    silent = replace(fold, forecasts={**fold.forecasts, "logistic": replace(sure, log_pmf=log_pmf)})
    found = evaluate(replace(RESULT, folds=(silent,)), repetitions=20)
    assert found.overall["logistic"].values["log_score"].value == np.inf
    assert np.isnan(found.overall["logistic"].values["log_score"].low)
    assert found.overall["logistic"].skill["markov"]["log_score"].value == -np.inf
    assert found.overall["markov"].values["log_score"].low > 0


def test_counts_above_the_table_are_told():
    fold = RESULT.folds[0]
    short = {name: short_of(each) for name, each in fold.forecasts.items()}
    found = evaluate(replace(RESULT, folds=(replace(fold, forecasts=short),)), repetitions=5)
    assert any("above what was tabulated" in note for note in found.notes)


def short_of(forecast, most=1):
    tail = np.log1p(-forecast.pmf[:, :most].sum(axis=1, keepdims=True))
    return replace(forecast, log_pmf=np.concatenate([forecast.log_pmf[:, :most], tail], axis=1))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"threshold": 0.0}, "`threshold` must lie in"),
        ({"level": 1.0}, "`level` must lie in"),
        ({"repetitions": 0}, "`repetitions` be at least 1"),
        ({"block_length": 10_000}, "`block_length` must lie between"),
        ({"blocks": "round"}, "`blocks` must be one of"),
    ],
)
def test_what_is_refused(options, says):
    with pytest.raises(InputError, match=says):
        evaluate(RESULT, **{"repetitions": 5, **options})


def oracle_backtest(seed, *, steps=2000):
    """The truth itself as a forecaster, beside a Markov chain whose parameters are known."""
    known = simulate(steps=steps, seed=seed)
    y = known.series.y
    wrong = Forecast.one_step(
        np.log(np.tile(known.oracle.pmf.mean(axis=0), (steps, 1))), unique_id="simulated", ds=known.series.ds
    )
    fold = FoldForecasts(
        index=0,
        start=known.series.ds[0],
        origins=steps,
        trained_steps=steps,
        trained_until=known.series.ds[0],
        trained_events=int((y > 0).sum()),
        origin_ds=known.series.ds,
        forecasts={"oracle": known.oracle, "climatology": wrong, "markov": wrong},
        y=y,
    )
    return Backtest(
        series=(known.series,),
        horizon=1,
        every=1,
        window=None,
        forecasters=("oracle", "climatology", "markov"),
        folds=(fold,),
    ), known


@pytest.mark.slow
def test_the_intervals_cover():
    """Of 120 simulated series: the oracle's miscalibration is 0, and its mean gain is that over many series."""
    gains, covers, zero = [], [], []
    for seed in range(120):
        result, _ = oracle_backtest(seed)
        found = evaluate(result, repetitions=300).overall["oracle"]
        gains.append(found.gain["climatology"].value)
        covers.append((found.gain["climatology"].low, found.gain["climatology"].high))
        zero.append(found.values["miscalibration"].low == 0)
    truth = np.mean(gains)
    coverage = np.mean([low <= truth <= high for low, high in covers])
    print(f"coverage of the gain's 95% interval: {coverage:.3f}; of miscalibration 0: {np.mean(zero):.3f}")
    assert 0.87 <= coverage <= 0.995
    assert np.mean(zero) >= 0.9
