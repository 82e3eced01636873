import pytest

from steelyard.agents.agent import Agent
from steelyard.agents.assembling import network_of, plan_of
from steelyard.agents.learning.a2c import A2C
from steelyard.agents.learning.ppo import PPO
from steelyard.agents.playground import Playground
from steelyard.environments.satchel.rules import SMALL
from steelyard.errors import InputError


def test_none_is_the_environment_s_own_value_and_a_number_stays():
    known = plan_of(Agent().parameters(), horizon=12)
    other = plan_of(Agent().parameters(), horizon=None)
    assert (known.environments, known.rollout, known.discount) == (512, 12, 1.0)
    assert (other.environments, other.rollout, other.discount) == (16, 128, 0.99)
    said = plan_of(Agent(environments=3, rollout=5, discount=0.5).parameters(), horizon=12)
    assert (said.environments, said.rollout, said.discount) == (3, 5, 0.5)
    free = plan_of(Agent(gradient_norm=None).parameters(), horizon=12)
    assert free.gradient_norm is None


def test_the_algorithm_makes_the_kind_of_plan():
    assert isinstance(plan_of(Agent().parameters(), horizon=12), PPO)
    plan = plan_of(Agent(algorithm="a2c").parameters(), horizon=12)
    assert isinstance(plan, A2C)
    assert plan.environments == 64
    with pytest.raises(InputError, match="`algorithm` must be one of ppo, a2c"):
        plan_of(Agent(algorithm="sarsa").parameters(), horizon=12)


def test_every_switch_of_the_network_is_passed_on():
    ways = {
        "width": 8,
        "attention_heads": 2,
        "feedforward": 5,
        "layers": 1,
        "norm": "post",
        "latents": "centre",
        "embedding_bias": False,
        "mask": False,
        "bodies": "separate",
        "head": "linear",
        "position": True,
        "dropout": 0.1,
    }
    place = Playground.of(SMALL, None)
    sizes = network_of(Agent(SMALL, **ways).parameters(), place, actions=6).architecture
    assert {name: getattr(sizes, name) for name in ways} == ways
    assert (sizes.vocabulary, sizes.features, sizes.actions) == (8, 1, 6)
