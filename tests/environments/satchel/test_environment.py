import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env

import steelyard.agents  # noqa: F401 - registers
from steelyard.environments.satchel.environment import Satchel
from steelyard.environments.satchel.rules import SMALL, Rules
from steelyard.environments.satchel.tables import Tables
from steelyard.environments.satchel.vector import SatchelVector
from steelyard.errors import InputError


@pytest.mark.parametrize("name", ["steelyard/Satchel-v0", "steelyard/SatchelSmall-v0"])
@pytest.mark.parametrize("shuffle", [False, True])
def test_passes_gymnasiums_checker(name, shuffle):
    environment = gymnasium.make(name, shuffle=shuffle, render_mode="ansi")
    check_env(environment.unwrapped)
    environment.close()


def episode(environment, actions):
    observation, info = environment.reset(seed=4)
    seen = [observation["words"].tolist()]
    rewards, states = [], [info["state"]]
    for action in actions:
        observation, reward, terminated, truncated, info = environment.step(action)
        seen.append(observation["words"].tolist())
        rewards.append(reward)
        states.append(info["state"])
    assert terminated
    assert not truncated
    return seen, rewards, states


def test_does_what_the_vectorised_environment_of_one_does():
    actions = np.random.default_rng(0).integers(6, size=SMALL.horizon).tolist()
    _, rewards, states = episode(Satchel("small"), actions)
    vector = SatchelVector(1, rules="small", autoreset_mode="Disabled")
    _, info = vector.reset(seed=4)
    together = [info["state"][0]]
    for action, reward in zip(actions, rewards, strict=True):
        _, rewarded, _, _, info = vector.step([action])
        assert rewarded[0] == reward
        together.append(info["state"][0])
    assert together == states


def test_a_shuffled_bag_changes_what_is_seen_and_nothing_else():
    actions = np.random.default_rng(1).integers(6, size=SMALL.horizon).tolist()
    plain, shuffled = episode(Satchel("small"), actions), episode(Satchel("small", shuffle=True), actions)
    assert plain[1:] == shuffled[1:]
    assert plain[0] != shuffled[0]
    assert [sorted(words) for words in plain[0]] == [sorted(words) for words in shuffled[0]]
    assert episode(Satchel("small", shuffle=True), actions) == shuffled


def test_can_begin_with_a_given_bag():
    environment = Satchel("small", render_mode="ansi")
    bag = Tables.of(SMALL).number({"wolf": 1})
    _, info = environment.reset(seed=0, options={"state": bag})
    assert info["present"].tolist() == [False, False, False, False, True, False]
    assert environment.render() == "12 of 12 steps left: wolf"
    assert environment.step(SMALL.number("wolf"))[1] == -1.5
    assert Satchel("small").render() is None


def test_info_can_be_changed_without_harm():
    environment = Satchel("small")
    _, info = environment.reset(seed=0)
    info["present"][:] = False
    assert Tables.of(SMALL).present[info["state"]].any()


def test_refuses_what_it_cannot_do():
    environment = Satchel(Rules(horizon=1))
    with pytest.raises(ResetNeeded, match="call `reset`"):
        environment.step(0)
    environment.reset(seed=0)
    for wrong in (8, -1, 0.5, None):
        with pytest.raises(InputError, match="from 0 to 7, but got"):
            environment.step(wrong)
    environment.step(0)
    with pytest.raises(ResetNeeded, match="it is over"):
        environment.step(0)
    with pytest.raises(InputError, match="`options` must be of `state`, but got bag"):
        environment.reset(options={"bag": 1})
    with pytest.raises(InputError, match="from 0 to 3002"):
        environment.reset(options={"state": 3003})
    with pytest.raises(InputError, match="'ansi', but got 'human'"):
        Satchel(render_mode="human")
