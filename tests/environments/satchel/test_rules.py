import math

import pytest

from steelyard.environments.satchel.rules import FULL, SMALL, Rules, rules_called
from steelyard.errors import InputError


def test_the_number_of_bags_is_that_of_multisets():
    assert (FULL.states, SMALL.states) == (3003, 462)
    assert Rules(values=(1,), capacity=2).states == math.comb(6, 2)


def test_words_are_numbered_as_actions():
    assert FULL.words == ("key_0", "key_1", "key_2", "chest_0", "chest_1", "chest_2", "wolf", "bread")
    assert [FULL.number("key", 1), FULL.number("chest", 1), FULL.number("wolf"), FULL.number("bread")] == [
        1,
        4,
        6,
        7,
    ]


def test_values_become_numbers_so_that_equal_rules_are_one_key():
    assert Rules(values=[1, 2, 4]) == FULL
    assert hash(Rules(values=(1, 2, 4))) == hash(FULL)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"values": ()}, "`values` must be one or more"),
        ({"values": (1, float("nan"))}, "`values` must be"),
        ({"values": (1, 0)}, "above 0"),
        ({"values": (1,) * 70}, "at most 61 kinds"),
        ({"capacity": 0}, "`capacity` must be from 1"),
        ({"capacity": 2.5}, "`capacity` must be a whole number, but got 2.5"),
        ({"horizon": "16"}, "`horizon` must be a whole number, but got '16'"),
        ({"horizon": 0}, "`horizon` must be at least 1"),
        ({"arrival": 1.5}, "`arrival` must be a probability"),
        ({"arrival": float("nan")}, "`arrival` must be a probability"),
        ({"absent": 0.1}, "`absent` must be a reward of at most 0"),
        ({"beside_wolf": float("nan")}, "`beside_wolf` must be"),
        ({"hungry_wolf": float("-inf")}, "`hungry_wolf` must be"),
        ({"hasty": -0.5}, "`hasty` must be"),
        ({"capacity": 20}, "3,108,105; lower `capacity`"),
    ],
)
def test_refuses_rules_that_make_no_sense(wrong, said):
    with pytest.raises(InputError, match=said):
        Rules(**wrong)


def test_rules_by_name():
    assert rules_called("full") is FULL
    mine = Rules(horizon=3)
    assert rules_called(mine) is mine
    with pytest.raises(InputError, match="'full' or 'small', but got 'tiny'"):
        rules_called("tiny")
