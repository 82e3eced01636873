import numpy as np
import pytest
from scipy import stats

from steelyard.environments.satchel.draws import Draws
from steelyard.environments.satchel.rules import SMALL, Rules
from steelyard.environments.satchel.tables import Tables


def counted(numbers, states):
    return np.bincount(numbers, minlength=states)


def test_first_bags_have_the_tables_distribution():
    rules = Rules(values=(1,), capacity=3)
    tables = Tables.of(rules)
    drawn = counted(Draws(tables).first(np.random.default_rng(0), 50_000), rules.states)
    there = tables.start > 0
    assert drawn[~there].sum() == 0
    assert stats.chisquare(drawn[there], tables.start[there] * 50_000).pvalue > 1e-3


@pytest.mark.parametrize("arrival", [0.0, 0.35, 0.9, 1.0])
def test_what_follows_has_the_tables_distribution(arrival):
    rules = Rules(values=(1, 2), capacity=5, horizon=12, arrival=arrival)
    tables = Tables.of(rules)
    bag, word = tables.number({"key_0": 1, "wolf": 2, "chest_0": 1}), rules.number("chest", 0)
    place = np.full(60_000, bag * 6 + word)
    drawn = counted(Draws(tables).follow(np.random.default_rng(1), place), rules.states)
    left = tables.left[bag, word]
    expected = np.zeros(rules.states)
    np.add.at(expected, tables.arrivals[left], arrival / 6)
    expected[left] += 1 - arrival
    possible = expected > 0
    assert drawn[~possible].sum() == 0
    if possible.sum() > 1:
        assert stats.chisquare(drawn[possible], expected[possible] * 60_000).pvalue > 1e-3


def test_a_full_bag_takes_nothing_in():
    tables = Tables.of(SMALL)
    full = tables.number({"wolf": 5})
    place = np.full(100, full * 6 + SMALL.number("bread"))
    assert (Draws(tables).follow(np.random.default_rng(0), place) == full).all()
