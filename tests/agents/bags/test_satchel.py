import numpy as np
import pytest

from steelyard.agents.bags import satchel_bags
from steelyard.environments.satchel.observations import observations_of
from steelyard.environments.satchel.rules import FULL, SMALL
from steelyard.environments.satchel.tables import Tables
from steelyard.errors import InputError


@pytest.mark.parametrize("rules", [SMALL, FULL], ids=["small", "full"])
def test_every_bag_and_time_is_told_apart(rules):
    encoder = satchel_bags(rules)
    rows = []
    for left in (1, 5, rules.horizon):
        bags = encoder.bags(observations_of(rules, np.arange(rules.states), left))
        assert bags.words.shape == (rules.states, encoder.length)
        assert bags.words.max() == encoder.vocabulary - 1
        assert bags.features.shape == (rules.states, encoder.length, encoder.features)
        np.testing.assert_array_equal(bags.mask.sum(axis=1), Tables.of(rules).bags.sum(axis=1) + 1)
        np.testing.assert_allclose(bags.features[..., 0], bags.mask * np.float32(left / rules.horizon))
        rows.append(np.concatenate([bags.words, bags.features[..., 0]], axis=1))
    assert len(np.unique(np.concatenate(rows), axis=0)) == 3 * rules.states


def test_refuses_observations_of_something_else():
    encoder = satchel_bags(SMALL)
    with pytest.raises(InputError, match="a dict of `words` and `time`, but got ndarray"):
        encoder.bags(np.ones((2, 4)))
    with pytest.raises(InputError, match="are the rules others than the encoder's"):
        encoder.bags(observations_of(FULL, [3], 5))
    with pytest.raises(InputError, match="words must be below 8, but got 99"):
        encoder.bags({"words": np.full((1, 6), 99, dtype=np.int8), "time": np.ones((1, 1), np.float32)})
