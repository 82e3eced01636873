import numpy as np
import pytest

from steelyard.environments.satchel.observations import observation_space, observations_of
from steelyard.environments.satchel.rules import FULL, SMALL, Rules
from steelyard.environments.satchel.tables import Tables
from steelyard.errors import InputError


@pytest.mark.parametrize(
    "rules", [SMALL, FULL, Rules(values=(1,), capacity=1)], ids=["small", "full", "lone"]
)
@pytest.mark.parametrize("shuffling", [None, 0])
def test_every_bag_can_be_read_off_its_observation(rules, shuffling):
    tables = Tables.of(rules)
    random = None if shuffling is None else np.random.default_rng(shuffling)
    found = observations_of(rules, np.arange(rules.states), rules.horizon, shuffling=random)
    words = found["words"]
    assert (words[:, 0] == 1).all()
    counts = np.stack([(words == 2 + word).sum(axis=1) for word in range(len(rules.words))], axis=1)
    np.testing.assert_array_equal(counts, tables.bags)
    sizes = tables.bags.sum(axis=1)
    np.testing.assert_array_equal(words != 0, np.arange(rules.capacity + 1) <= sizes[:, None])
    space = observation_space(rules)
    assert all(space.contains({name: rows[place] for name, rows in found.items()}) for place in (0, 1, -1))


def test_shuffled_words_are_in_any_order_equally_often():
    tables = Tables.of(SMALL)
    bag = tables.number({"key_0": 1, "wolf": 1, "bread": 1})
    words = observations_of(SMALL, [bag] * 6000, 1, shuffling=np.random.default_rng(0))["words"]
    orders, counts = np.unique(words, axis=0, return_counts=True)
    assert len(orders) == 6
    assert counts.min() > 850


def test_time_is_the_share_that_is_left():
    found = observations_of(SMALL, [0, 0, 0], [12, 6, 0])
    assert found["time"].dtype == np.float32
    assert found["time"].tolist() == [[1.0], [0.5], [0.0]]


def test_observations_are_new_arrays():
    first, second = (observations_of(SMALL, [5], 3) for _ in range(2))
    first["words"][:] = 9
    first["time"][:] = 9
    assert second["words"].max() < 9
    assert observations_of(SMALL, [5], 3)["time"].max() < 9


@pytest.mark.parametrize(
    ("states", "left", "said"),
    [
        ([0.5], 1, "`states` must be whole numbers"),
        ([[1]], 1, r"shape \(1, 1\)"),
        ([462], 1, "from 0 to 461"),
        ([-1], 1, "from 0 to 461"),
        ([1, 2], [1, 2, 3], "one for each of the 2 states"),
        ([1], 13, "from 0 to the horizon, 12"),
    ],
)
def test_refuses_what_is_no_bag_or_time(states, left, said):
    with pytest.raises(InputError, match=said):
        observations_of(SMALL, states, left)
