import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import steelyard.agents  # noqa: F401 - registers
from steelyard.agents.bags import (
    BagVectorWrapper,
    BagWrapper,
    NumberBags,
    WrappedBags,
    check_encoder,
    satchel_bags,
)
from steelyard.agents.bags.wrapper import bag_space
from steelyard.environments.satchel.rules import FULL, SMALL
from steelyard.errors import InputError


@pytest.mark.filterwarnings(
    "ignore:.*is different from the unwrapped version",
    "ignore:.*value is -?infinity",  # features may be any number
)
def test_a_wrapped_environment_passes_gymnasiums_checker():
    environment = BagWrapper(gymnasium.make("steelyard/SatchelSmall-v0").unwrapped, satchel_bags(SMALL))
    check_env(environment, skip_render_check=True)


def test_bags_survive_wrapping():
    encoder = satchel_bags(SMALL)
    plain = gymnasium.make("steelyard/SatchelSmall-v0")
    wrapped = BagWrapper(gymnasium.make("steelyard/SatchelSmall-v0"), encoder)
    expected = encoder.bags({name: part[None] for name, part in plain.reset(seed=3)[0].items()})
    observation, _ = wrapped.reset(seed=3)
    found = WrappedBags(wrapped.observation_space).bags(
        {name: part[None] for name, part in observation.items()}
    )
    np.testing.assert_array_equal(found.words, expected.words)
    np.testing.assert_array_equal(found.mask, expected.mask)
    np.testing.assert_array_equal(found.features, expected.features)
    check_encoder(WrappedBags(wrapped.observation_space), wrapped)


def test_without_features():
    class Bare:
        vocabulary, features, length = 8, 0, 6

        def bags(self, observations):
            bags = satchel_bags(SMALL).bags(observations)
            return type(bags)(words=bags.words, mask=bags.mask)

    wrapped = BagWrapper(gymnasium.make("steelyard/SatchelSmall-v0"), Bare())
    assert set(wrapped.observation_space.spaces) == {"words"}
    assert WrappedBags(wrapped.observation_space).features == 0
    check_encoder(WrappedBags(wrapped.observation_space), wrapped)


@pytest.mark.parametrize("mode", ["SameStep", "NextStep", "Disabled"])
def test_vectorised_bags_are_those_of_the_observations(mode):
    encoder = satchel_bags(SMALL)
    plain, inner = (
        gymnasium.make_vec("steelyard/SatchelSmall-v0", num_envs=3, autoreset_mode=mode) for _ in range(2)
    )
    wrapped = BagVectorWrapper(inner, encoder)
    assert wrapped.single_observation_space == bag_space(encoder)
    observations, bags = plain.reset(seed=0)[0], wrapped.reset(seed=0)[0]
    for _ in range(12):
        np.testing.assert_array_equal(bags["words"], observations["words"])
        np.testing.assert_array_equal(bags["features"], encoder.bags(observations).features)
        assert bags in wrapped.observation_space
        actions = np.array([0, 3, 5])
        observations, _, _, _, info = plain.step(actions)
        bags, _, terminated, _, bag_info = wrapped.step(actions)
    assert terminated.all()
    assert ("final_obs" in bag_info) == (mode == "SameStep")
    if mode == "SameStep":
        for last, expected in zip(bag_info["final_obs"], info["final_obs"], strict=True):
            np.testing.assert_array_equal(last["words"], expected["words"])
            assert not last["features"].any()
        assert info["final_obs"][0].keys() == {"words", "time"}


def test_finals_of_some_environments():
    class Two(NumberBags):
        pass

    wrapped = BagVectorWrapper(
        gymnasium.make_vec(
            "CartPole-v1", num_envs=4, vectorization_mode="sync", vector_kwargs={"autoreset_mode": "SameStep"}
        ),
        Two(4),
    )
    wrapped.reset(seed=0)
    ended = 0
    for _ in range(40):
        *_, info = wrapped.step(np.array([0, 1, 0, 1]))
        if "final_obs" in info:
            ended += info["_final_obs"].sum()
            for last, there in zip(info["final_obs"], info["_final_obs"], strict=True):
                assert (last is not None) == there
                assert not there or last["features"].shape == (4, 1)
    assert ended > 0


def test_refuses_what_is_no_bag():
    with pytest.raises(InputError, match="wrap the environment in BagWrapper"):
        WrappedBags(gymnasium.make("steelyard/Satchel-v0").observation_space["time"])
    with pytest.raises(InputError, match="but are Discrete"):
        WrappedBags(gymnasium.spaces.Discrete(3))
    with pytest.raises(InputError, match="a dict of `words`, but got ndarray"):
        WrappedBags(bag_space(NumberBags(3))).bags(np.ones((2, 3)))
    wrapped = BagWrapper(gymnasium.make("steelyard/Satchel-v0"), satchel_bags(SMALL))
    with pytest.raises(InputError, match="are the rules others"):
        wrapped.reset(seed=0)
    assert bag_space(satchel_bags(FULL))["words"].high.max() == 9
