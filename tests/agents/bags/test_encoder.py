import gymnasium
import numpy as np
import pytest

import steelyard.agents  # noqa: F401 - registers
from steelyard.agents.bags import BagEncoder, Bags, NumberBags, check_encoder, satchel_bags
from steelyard.agents.bags.encoder import batched
from steelyard.environments.satchel.rules import SMALL
from steelyard.errors import InputError


class Mine:
    """CartPole's numbers, with one thing wrong."""

    vocabulary, features, length = 5, 1, 4

    def __init__(self, wrong):
        self.wrong, self.calls = wrong, 0

    def bags(self, observations):
        self.calls += 1
        words = np.tile(np.arange(1, 5), (len(observations), 1))
        values = observations[:, :, None].astype(np.float32)
        match self.wrong:
            case "type":
                return words
            case "batch":
                words, values = words[:1], values[:1]
            case "length":
                words, values = words[:, :3], values[:, :3]
            case "vocabulary":
                words = words + 1
            case "features":
                values = np.repeat(values, 2, axis=2)
            case "mean":
                values = values - values.mean(axis=0)
            case "state":
                values = values + self.calls
        return Bags(words=words, mask=words > 0, features=values)


@pytest.fixture
def cartpole():
    return gymnasium.make("CartPole-v1")


def test_lets_a_sound_encoder_pass(cartpole):
    mine = Mine(None)
    assert isinstance(mine, BagEncoder)
    check_encoder(mine, cartpole)
    check_encoder(satchel_bags(SMALL), gymnasium.make("steelyard/SatchelSmall-v0", shuffle=True))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("type", "must return Bags, but got ndarray"),
        ("batch", "one bag for each of"),
        ("length", "4 words wide, the encoder's `length`, but are 3 wide"),
        ("vocabulary", "below 5, the encoder's `vocabulary`, but got 5"),
        ("features", "come with 1 numbers, the encoder's `features`, but comes with 2"),
        ("mean", "must not depend on the others in the batch"),
        ("state", "must not depend on the others in the batch"),
    ],
)
def test_says_what_is_wrong(wrong, said, cartpole):
    with pytest.raises(InputError, match=said):
        check_encoder(Mine(wrong), cartpole)


def test_refuses_what_is_no_encoder(cartpole):
    with pytest.raises(InputError, match="but ndarray lacks some"):
        check_encoder(np.ones(3), cartpole)
    with pytest.raises(InputError, match="observations must be Satchel's"):
        check_encoder(satchel_bags(SMALL), cartpole)
    with pytest.raises(InputError, match="arrays of 4 numbers"):
        check_encoder(NumberBags(4), gymnasium.make("steelyard/SatchelSmall-v0"))


def test_batches_are_those_of_vectorised_environments():
    vector = gymnasium.make_vec("steelyard/SatchelSmall-v0", num_envs=3, vectorization_mode="sync")
    observations, _ = vector.reset(seed=0)
    rows = [{name: part[place] for name, part in observations.items()} for place in range(3)]
    together = batched(vector.single_observation_space, rows)
    for name, part in observations.items():
        np.testing.assert_array_equal(together[name], part)
