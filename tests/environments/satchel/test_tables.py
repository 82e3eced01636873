from collections import Counter

import numpy as np
import pytest
import slow_satchel as slow
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.environments.satchel.rules import FULL, SMALL, Rules
from steelyard.environments.satchel.tables import Tables
from steelyard.errors import InputError

TINY = Rules(values=(1, 3), capacity=3, horizon=3, arrival=0.7)
LONE = Rules(values=(2,), capacity=1, horizon=2)


def bag_of(tables, state):
    return tuple(
        sorted(
            word
            for word, count in zip(tables.rules.words, tables.bags[state], strict=True)
            for _ in range(count)
        )
    )


@pytest.mark.parametrize("rules", [LONE, TINY, SMALL], ids=["lone", "tiny", "small"])
def test_every_word_of_every_bag_does_what_the_rules_say(rules):
    tables = Tables.of(rules)
    for state in range(len(tables.bags)):
        bag = bag_of(tables, state)
        for place, word in enumerate(rules.words):
            reward, rest = slow.take(rules, bag, word)
            assert tables.reward[state, place] == pytest.approx(reward, abs=1e-15), (bag, word)
            assert bag_of(tables, tables.left[state, place]) == rest, (bag, word)
            assert tables.present[state, place] == (word in bag)
            assert bag_of(tables, tables.arrivals[state, place]) == slow.arrivals(rules, bag)[place + 1][1]


@pytest.mark.parametrize("rules", [LONE, TINY, SMALL], ids=["lone", "tiny", "small"])
def test_bags_are_all_multisets_once_the_empty_one_first(rules):
    tables = Tables.of(rules)
    assert tables.bags.shape == (rules.states, len(rules.words))
    assert len(np.unique(tables.bags, axis=0)) == rules.states
    assert tables.bags.sum(axis=1).max() == rules.capacity
    assert not tables.bags[0].any()


@pytest.mark.parametrize("rules", [LONE, TINY], ids=["lone", "tiny"])
def test_the_first_bag_is_drawn_with_replacement(rules):
    tables = Tables.of(rules)
    counted = Counter()
    for chance, bag in slow.first_bags(rules):
        counted[slow.number(tables, bag)] += chance
    expected = [counted[state] for state in range(rules.states)]
    np.testing.assert_allclose(tables.start, expected, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(kinds=st.integers(1, 3), capacity=st.integers(1, 4), arrival=st.floats(0, 1), hasty=st.floats(0, 2))
def test_tables_hold_together_for_any_rules(kinds, capacity, arrival, hasty):
    rules = Rules(values=tuple(range(1, kinds + 1)), capacity=capacity, arrival=arrival, hasty=hasty)
    tables = Tables.of(rules)
    sizes = tables.bags.sum(axis=1, dtype=int)
    assert tables.start.sum() == pytest.approx(1)
    assert (tables.left[~tables.present] == np.nonzero(~tables.present)[0]).all()
    gone = sizes[:, None] - sizes[tables.left]
    assert ((gone >= 1) == tables.present).all()
    assert gone.max() <= 2
    assert (sizes[tables.arrivals] == np.minimum(sizes + 1, capacity)[:, None]).all()


def test_the_wolf_stays_when_a_chest_is_taken_beside_it():
    tables = Tables.of(FULL)
    bag = tables.number({"chest_2": 1, "key_2": 2, "wolf": 1, "bread": 1})
    chest = FULL.number("chest", 2)
    assert tables.reward[bag, chest] == 3.0
    assert tables.described(tables.left[bag, chest]) == "key_2, wolf, bread"
    assert tables.described(tables.left[bag, FULL.number("wolf")]) == "key_2 x2, chest_2"


def test_tables_are_made_once_and_cannot_be_changed():
    assert Tables.of(Rules()) is Tables.of(FULL)
    with pytest.raises(ValueError, match="read-only"):
        Tables.of(FULL).reward[0, 0] = 1.0


def test_refuses_bags_that_the_rules_do_not_have():
    tables = Tables.of(SMALL)
    with pytest.raises(InputError, match="key_0, key_1, chest_0, chest_1, wolf, bread, but got 'key_7'"):
        tables.number({"key_7": 1})
    with pytest.raises(InputError, match="from 0 to 5 words"):
        tables.number({"wolf": 6})
    with pytest.raises(InputError, match="from 0 to 5 words"):
        tables.number({"wolf": -1})
    with pytest.raises(InputError, match="from 0 to 461, but got 462"):
        tables.described(462)
    assert tables.described(0) == "(empty)"
