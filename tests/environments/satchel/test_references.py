from itertools import permutations

import numpy as np
import pytest
from scipy.sparse import csr_array

from steelyard.environments.satchel.evaluation import evaluate
from steelyard.environments.satchel.references import _got, fixed_order, myopic, uniform
from steelyard.environments.satchel.rules import FULL, SMALL, Rules
from steelyard.environments.satchel.tables import Tables
from steelyard.errors import InputError


@pytest.mark.parametrize(("rules", "expected"), [(FULL, -2.448), (SMALL, -2.197)])
def test_uniform(rules, expected):
    tables = Tables.of(rules)
    assert evaluate(tables, uniform(tables)).expected_return == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(("rules", "expected"), [(FULL, 4.514), (SMALL, 1.544)])
def test_myopic(rules, expected):
    tables = Tables.of(rules)
    assert evaluate(tables, myopic(tables)).expected_return == pytest.approx(expected, abs=5e-4)


def test_myopic_takes_the_highest_reward_and_of_equals_the_first():
    tables = Tables.of(SMALL)
    chosen = myopic(tables)[tables.number({"key_0": 1, "key_1": 1, "bread": 1})]
    assert chosen.argmax() == SMALL.number("key", 0)
    chosen = myopic(tables)[tables.number({"key_1": 1, "chest_0": 1, "chest_1": 1})]
    assert chosen.argmax() == SMALL.number("chest", 1)


def best_of_all_orders(tables):
    """Return what the best fixed order gets; arrivals are a sparse matrix, which is quick enough for 40,320 orders."""
    rules, (states, words) = tables.rules, tables.bags.shape
    rows = np.arange(states)
    weights = np.full(states * words, rules.arrival / words)
    arriving = csr_array((weights, (np.repeat(rows, words), tables.arrivals.ravel())), shape=(states, states))
    best = -np.inf
    for order in map(np.array, permutations(range(words))):
        taken = order[tables.present[:, order].argmax(axis=1)]
        reward, left = tables.reward[rows, taken], tables.left[rows, taken]
        ahead = np.zeros(states)
        for _ in range(rules.horizon):
            ahead = reward + ((1 - rules.arrival) * ahead + arriving @ ahead)[left]
        best = max(best, float(tables.start @ ahead))
    return best


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(SMALL, id="of 720"),
        pytest.param(FULL, id="of 40,320", marks=[pytest.mark.slow, pytest.mark.timeout(1200)]),
    ],
)
def test_the_order_found_is_the_best_of_all(rules):
    tables = Tables.of(rules)
    found = evaluate(tables, fixed_order(tables)).expected_return
    assert found == pytest.approx(best_of_all_orders(tables), abs=1e-12)


def test_an_order_is_followed_whatever_else_is_in_the_bag():
    tables = Tables.of(SMALL)
    policy = fixed_order(tables, ["bread", "wolf", "key_0", "key_1", "chest_0", "chest_1"])
    assert policy[tables.number({"wolf": 2, "bread": 1})].argmax() == SMALL.number("bread")
    assert policy[tables.number({"wolf": 2, "chest_1": 1})].argmax() == SMALL.number("wolf")
    assert policy[0].argmax() == SMALL.number("bread")
    np.testing.assert_array_equal(policy, fixed_order(tables, [5, 4, 0, 1, 2, 3]))


def test_the_short_cut_of_the_search_gets_what_evaluation_says():
    rules = Rules(values=(1, 2), capacity=3, horizon=5, arrival=0.3)
    tables = Tables.of(rules)
    for order in ([0, 1, 2, 3, 4, 5], [4, 2, 0, 5, 3, 1]):
        expected = evaluate(tables, fixed_order(tables, order)).expected_return
        assert _got(tables, order) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("order", [["wolf"], ["wolf"] * 6, [0, 1, 2, 3, 4, 6], ["wolf", "bear", 0, 1, 2, 3]])
def test_refuses_an_order_that_lacks_a_word(order):
    with pytest.raises(InputError, match="`order` must have each of key_0"):
        fixed_order(Tables.of(SMALL), order)
