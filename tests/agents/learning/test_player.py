import json

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from steelyard.agents.bags import NumberBags, satchel_bags
from steelyard.agents.learning.answers import answers
from steelyard.agents.learning.player import Player, drawn
from steelyard.agents.learning.rows import Rows
from steelyard.agents.network import SetActorCritic
from steelyard.environments.satchel.rules import SMALL
from steelyard.environments.satchel.vector import SatchelVector
from steelyard.errors import InputError

MODES = list(AutoresetMode)


def network(actions=2, vocabulary=2, features=1):
    return SetActorCritic(vocabulary, features, actions, width=8, seed=0)


def worth(asked, number):
    """What the network expects where a counting environment shows a number."""
    words = np.ones((1, 1), dtype=np.int64)
    return answers(asked, Rows(words=words, mask=words > 0, features=np.full((1, 1, 1), number, np.float32)))[
        1
    ][0]


def seen(rollout):
    """The numbers that were shown, shape (steps, environments)."""
    return rollout.rows.features[:, 0, 0].reshape(rollout.rewards.shape)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("truncates", [True, False])
def test_what_a_step_led_to_is_told_in_every_mode(counting, one_number, mode, truncates):
    asked = network()
    player = Player(counting(2, mode=mode, length=3, truncates=truncates), one_number, seed=0)
    rollout = player.play(asked, 9)
    shown = seen(rollout)
    waits = mode == AutoresetMode.NEXT_STEP
    cycle = [0, 1, 2, 3] if waits else [0, 1, 2]
    assert shown[:, 0].tolist() == (cycle * 3)[:9]
    assert np.array_equal(rollout.made, shown != 3)
    assert np.array_equal(rollout.rewards[rollout.made], shown[rollout.made] + 1)
    over = shown == 2
    assert np.array_equal(rollout.truncated, over & truncates)
    assert np.array_equal(rollout.terminated, over & (not truncates))
    led_to = {number: worth(asked, number) for number in range(5)}
    counted = rollout.made & ~rollout.terminated
    for at in np.argwhere(counted):
        assert rollout.next_values[tuple(at)] == pytest.approx(led_to[shown[tuple(at)] + 1], abs=1e-6)
    assert rollout.returns.tolist() == [6.0] * rollout.returns.size
    assert rollout.lengths.tolist() == [3] * rollout.returns.size
    assert rollout.returns.size == int(over.sum())


@pytest.mark.parametrize("mode", MODES)
def test_advantages_are_the_same_in_every_mode(counting, one_number, mode):
    asked = network()
    player = Player(counting(1, mode=mode, length=3, truncates=True), one_number, seed=0)
    rollout = player.play(asked, 8)
    found = rollout.advantages(discount=0.9, trace=0.8, unit=2.0)[rollout.made][:6]
    values = [worth(asked, number) for number in range(4)]
    later, expected = 0.0, []
    for step in (2, 1, 0):
        later = (
            (step + 1) / 2 + 0.9 * values[step + 1] - values[step] + (0.9 * 0.8 * later if step < 2 else 0.0)
        )
        expected.insert(0, later)
    np.testing.assert_allclose(found, expected * 2, atol=1e-5)


def test_a_rollout_goes_on_where_the_last_one_ended(counting, one_number):
    player = Player(counting(2, mode=AutoresetMode.SAME_STEP, length=5), one_number, seed=0)
    assert seen(player.play(network(), 3))[:, 0].tolist() == [0, 1, 2]
    rollout = player.play(network(), 3)
    assert seen(rollout)[:, 0].tolist() == [3, 4, 0]
    assert rollout.returns.tolist() == [15.0, 15.0]


def test_log_probabilities_are_those_of_what_was_done():
    asked = network(6, 8)
    encoder = satchel_bags(SMALL)
    rollout = Player(SatchelVector(16, rules=SMALL), encoder, seed=0).play(asked, 4)
    every, values = answers(asked, rollout.rows)
    chosen = every[np.arange(64), rollout.actions.ravel()]
    np.testing.assert_allclose(rollout.log_probabilities.ravel(), chosen, atol=1e-6)
    np.testing.assert_allclose(rollout.values.ravel(), values, atol=1e-6)


def test_actions_are_drawn_with_their_probabilities():
    chances = np.array([0.5, 0.0, 0.2, 0.3])
    with np.errstate(divide="ignore"):
        rows = np.broadcast_to(np.log(chances), (20_000, 4))
    counts = np.bincount(drawn(rows, np.random.default_rng(0)), minlength=4) / 20_000
    assert counts[1] == 0
    np.testing.assert_allclose(counts, chances, atol=0.015)


def test_actions_may_begin_elsewhere_than_0(counting, one_number):
    environments = counting(1, mode=AutoresetMode.SAME_STEP, start=5)
    Player(environments, one_number, seed=0).play(network(), 20)
    assert set(environments.envs[0].taken) == {5, 6}


def test_only_what_is_allowed_is_done():
    environments = SatchelVector(32, rules=SMALL)
    player = Player(environments, satchel_bags(SMALL), action_mask="present", seed=0)
    for _ in range(6):
        before = environments.tables.present[environments.states]
        step = player.step(network(6, 8))
        rows = np.arange(32)
        assert (before[rows, step.actions] | ~before.any(axis=1)).all()


def test_a_mask_that_the_environment_does_not_give_is_refused(counting, one_number):
    with pytest.raises(InputError, match="`action_mask` must be a key of info, but got 'present'"):
        Player(counting(1), one_number, action_mask="present", seed=0)


def test_continuous_actions_are_refused(one_number):
    environment = SyncVectorEnv([lambda: gymnasium.make("Pendulum-v1")])
    with pytest.raises(InputError, match="actions must be Discrete"):
        Player(environment, NumberBags(3), seed=0)


@pytest.mark.parametrize("reward", [float("nan"), float("inf")])
def test_a_reward_that_is_no_number_is_refused(reward, one_number):
    class Broken(gymnasium.Env):
        observation_space = spaces.Box(0, 1, (1,), np.float32)
        action_space = spaces.Discrete(2)

        def reset(self, *, seed=None, options=None):
            return np.zeros(1, dtype=np.float32), {}

        def step(self, action):
            return np.zeros(1, dtype=np.float32), reward, False, False, {}

    player = Player(SyncVectorEnv([Broken] * 3), one_number, seed=0)
    with pytest.raises(InputError, match="rewards must be finite, but environment 0 gave"):
        player.play(network(), 2)


def test_a_state_is_json_and_arrives_at_the_same_bits():
    encoder, asked = satchel_bags(SMALL), network(6, 8)
    for ways in ({}, {"action_mask": "present"}):
        one = Player(SatchelVector(8, rules=SMALL, shuffle=True), encoder, seed=3, **ways)
        one.play(asked, 5)
        kept = json.loads(json.dumps(one.state()))
        expected = one.play(asked, 9)
        other = Player(SatchelVector(8, rules=SMALL, shuffle=True), encoder, seed=4, **ways)
        other.restore(kept)
        found = other.play(asked, 9)
        assert np.array_equal(found.rows.words, expected.rows.words)
        assert np.array_equal(found.actions, expected.actions)
        assert np.array_equal(found.log_probabilities, expected.log_probabilities)
        assert np.array_equal(found.returns, expected.returns)


def test_other_seeds_play_otherwise():
    encoder, asked = satchel_bags(SMALL), network(6, 8)
    actions = [
        Player(SatchelVector(8, rules=SMALL), encoder, seed=seed).play(asked, 4).actions for seed in (0, 0, 1)
    ]
    assert np.array_equal(actions[0], actions[1])
    assert not np.array_equal(actions[0], actions[2])
