import numpy as np

from steelyard.agents.learning.reward_scale import RewardScale


def test_the_unit_is_the_root_mean_square_of_what_is_to_come():
    scale = RewardScale()
    rewards = np.array([[1.0], [2.0], [4.0]])
    scale.saw(rewards, ended=np.array([[False], [True], [False]]), discount=0.5)
    assert scale.unit == np.sqrt((2.0**2 + 2.0**2 + 4.0**2) / 3)


def test_rollouts_count_alike():
    together, apart = RewardScale(), RewardScale()
    rewards = np.random.default_rng(0).normal(size=(6, 4))
    ended = np.zeros((6, 4), dtype=bool)
    ended[2] = True
    together.saw(rewards, ended=ended, discount=0.9)
    apart.saw(rewards[:3], ended=ended[:3], discount=0.9)
    apart.saw(rewards[3:], ended=ended[3:], discount=0.9)
    assert np.isclose(together.unit, apart.unit)


def test_without_any_reward_the_unit_stays_1():
    scale = RewardScale()
    scale.saw(np.zeros((3, 2)), ended=np.zeros((3, 2), dtype=bool), discount=1.0)
    assert scale.unit == 1.0
