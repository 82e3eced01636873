import numpy as np
import pytest

from steelyard.rare_events.simulation import simulate


def test_same_seed_same_bits():
    first, same, other = simulate(steps=300, seed=0), simulate(steps=300, seed=0), simulate(steps=300, seed=1)
    assert np.array_equal(first.series.y, same.series.y)
    assert not np.array_equal(first.series.y, other.series.y)


def test_the_oracle_is_a_distribution():
    np.testing.assert_allclose(simulate(steps=500, seed=0).oracle.pmf.sum(axis=1), 1, atol=1e-9)


def test_what_happens_agrees_with_the_oracle():
    known = simulate(steps=20_000, seed=4)
    p, event = known.oracle.p_event, known.series.y > 0
    z = (event - p).sum() / np.sqrt((p * (1 - p)).sum())
    assert abs(z) < 3.5
    variance = known.oracle.pmf @ np.arange(known.oracle.most + 1) ** 2 - known.oracle.mean**2
    assert abs((known.series.y - known.oracle.mean).sum() / np.sqrt(variance.sum())) < 3.5


def test_the_oracles_log_score_is_the_entropy_of_its_distributions():
    known = simulate(steps=20_000, seed=4)
    pmf = known.oracle.pmf
    entropy = -np.where(pmf > 0, pmf * known.oracle.log_pmf, 0).sum(axis=1)
    scores = -known.oracle.log_likelihood(known.series.y)
    z = (scores - entropy).mean() / (scores.std() / np.sqrt(len(scores)))
    assert abs(z) < 3.5


def test_refuses_too_few_steps():
    with pytest.raises(ValueError, match="at least 3"):
        simulate(steps=2, seed=0)


@pytest.mark.parametrize(("effect", "column"), [("promotion", "promotion"), ("warmth", "temperature")])
def test_a_covariate_moves_the_log_odds_as_said_and_leaves_the_other_draws_alone(effect, column):
    plain, told = simulate(steps=500, seed=3), simulate(steps=500, seed=3, **{effect: 1e-9})
    assert np.array_equal(plain.series.y, told.series.y)
    assert (told.series.known_names or told.series.past_names) == (column,)
    moved = simulate(steps=500, seed=3, persistence=0.0, **{effect: 1.5}).oracle.p_event
    still = simulate(steps=500, seed=3, persistence=0.0).oracle.p_event
    change = np.log(moved / (1 - moved)) - np.log(still / (1 - still))
    if effect == "promotion":
        assert len(told.series.known) == 528
        expected = 1.5 * told.series.known[:500, 0]
    else:
        expected = 1.5 * np.concatenate([[0.0], told.series.past[:-1, 0]])
    np.testing.assert_allclose(change, expected, atol=1e-6)


def test_the_temperature_is_the_autoregression_it_is_said_to_be():
    temperature = simulate(steps=20_000, seed=0, warmth=1.0).series.past[:, 0]
    assert temperature.var() == pytest.approx(1, abs=0.08)
    assert np.corrcoef(temperature[1:], temperature[:-1])[0, 1] == pytest.approx(0.7, abs=0.02)
