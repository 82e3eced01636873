import numpy as np
import pytest
import slow_satchel as slow

from steelyard.environments.satchel.rules import FULL, SMALL, Rules
from steelyard.environments.satchel.solving import evaluate, optimal, return_scale
from steelyard.environments.satchel.tables import Tables

TINY = Rules(values=(1.5,), capacity=2, horizon=3, arrival=0.6)


def test_agrees_with_the_best_of_every_trajectory():
    assert optimal(Tables.of(TINY)).expected_return == pytest.approx(slow.best_return(TINY), abs=1e-12)


@pytest.mark.parametrize(("rules", "expected"), [(FULL, 8.266), (SMALL, 2.844)])
def test_the_optimum_is_as_known_and_its_policy_gets_it(rules, expected):
    tables = Tables.of(rules)
    best = optimal(tables)
    assert best.expected_return == pytest.approx(expected, abs=5e-4)
    found = evaluate(tables, best.policy)
    assert found.expected_return == pytest.approx(best.expected_return, abs=1e-12)
    np.testing.assert_allclose(found.values, best.values, atol=1e-12)


def test_no_policy_is_better_in_any_bag_or_step():
    tables = Tables.of(SMALL)
    best = optimal(tables)
    for seed in range(5):
        policy = np.random.default_rng(seed).dirichlet(np.full(6, 0.2), size=(12, 462))
        mixed = 0.05 * policy + 0.95 * best.policy
        assert (evaluate(tables, mixed).values <= best.values + 1e-12).all()


def test_action_values_are_of_one_word_and_the_best_ones_after_it():
    tables = Tables.of(SMALL)
    best = optimal(tables)
    np.testing.assert_allclose(best.action_values[-1], tables.reward)
    np.testing.assert_array_equal(best.action_values.max(axis=2), best.values)
    policy = best.policy.copy()
    policy[3] = 0.0
    policy[3, :, 4] = 1.0
    np.testing.assert_allclose(evaluate(tables, policy).values[3], best.action_values[3, :, 4], atol=1e-12)


@pytest.mark.parametrize(
    ("rules", "points"),
    [(FULL, (-2.448, 0.144, 4.514, 8.266)), (SMALL, (-2.197, -1.342, 1.544, 2.844))],
    ids=["full", "small"],
)
def test_the_scale_of_returns(rules, points):
    scale = return_scale(rules)
    assert [point.name for point in scale.points] == ["uniform", "fixed order", "myopic", "optimal"]
    assert [point.value for point in scale.points] == pytest.approx(points, abs=5e-4)
    assert scale.direction == "higher"
    assert scale.place(scale.floor.value).skill == 1
    assert scale.place(scale.baseline.value).skill == 0
