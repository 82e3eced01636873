import numpy as np
import pytest
from scipy import stats

from steelyard.rare_events.forecast import Forecast
from steelyard.rare_events.scores.distribution import absolute_errors, log_scores, ranked_probability_scores
from steelyard.rare_events.simulation import simulate

RATES = np.array([0.2, 1.0, 4.0, 9.0])
Y = np.array([0, 3, 2, 15])
FORECAST = Forecast.one_step(stats.poisson.logpmf(np.arange(61), RATES[:, None]))


def test_log_score_is_minus_the_log_probability():
    np.testing.assert_allclose(log_scores(FORECAST, Y), -stats.poisson.logpmf(Y, RATES))


@pytest.mark.slow  # scoringrules compiles for seconds when it is imported
def test_ranked_probability_score_is_scoringrules():
    scoringrules = pytest.importorskip("scoringrules")
    np.testing.assert_allclose(
        ranked_probability_scores(FORECAST, Y), scoringrules.crps_poisson(Y, RATES), atol=1e-9
    )


def test_ranked_probability_score_is_the_expected_distance_less_half_the_spread():
    draws = np.arange(61)
    pmf = FORECAST.pmf
    distance = (pmf * np.abs(draws - Y[:, None])).sum(axis=1)
    spread = np.einsum("ti,tj,ij->t", pmf, pmf, np.abs(draws[:, None] - draws[None, :]))
    np.testing.assert_allclose(ranked_probability_scores(FORECAST, Y), distance - spread / 2, atol=1e-9)


def test_both_are_proper_on_average():
    known = simulate(steps=20_000, seed=9)
    y = known.series.y
    p = known.oracle.p_event[:, None]
    for factor in (0.6, 1.3):
        shifted = np.clip(p * factor, 0, 0.99)
        worse = Forecast.one_step(
            np.concatenate([np.log1p(-shifted), known.oracle.log_pmf[:, 1:] + np.log(shifted / p)], axis=1)
        )
        for score in (log_scores, ranked_probability_scores):
            assert score(known.oracle, y).mean() < score(worse, y).mean()


def test_all_zero_wins_the_absolute_error_though_it_knows_nothing():
    known = simulate(steps=5000, seed=1, persistence=0.5)
    silent = np.full((5000, known.oracle.most + 1), -np.inf)
    silent[:, 0] = 0.0
    nothing = Forecast.one_step(silent)
    y = known.series.y
    assert absolute_errors(nothing, y).mean() == absolute_errors(known.oracle, y).mean()
    assert ranked_probability_scores(nothing, y).mean() > ranked_probability_scores(known.oracle, y).mean()


def test_needs_a_count_for_each_step():
    with pytest.raises(ValueError, match="one count for each of the 4"):
        log_scores(FORECAST, Y[:2])
