"""Faults that training loops are known for, planted one at a time: a check must fail on each, and pass without it."""

import copy
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from agent_batches import built, played
from bandits import many_bandits

from steelyard.agents.agent import Agent
from steelyard.agents.bags import NumberBags
from steelyard.agents.learning import a2c, gae, player, ppo, rollout
from steelyard.agents.learning.answers import answers
from steelyard.agents.learning.gae import generalised_advantages
from steelyard.agents.learning.losses import clipped_loss
from steelyard.agents.learning.ppo import PPO, update_by_ppo
from steelyard.agents.network import SetActorCritic, encoder, head


def learns(algorithm):
    agent = Agent(
        many_bandits,
        encoder=NumberBags(1),
        algorithm=algorithm,
        width=8,
        environments=32,
        rollout=8,
        learning_rate=0.015,
        seed=0,
    )
    agent.fit(steps=32 * 8 * (8 if algorithm == "ppo" else 40))
    last = [each.mean_return for each in agent.history_[-3:]]
    assert np.mean(last) > 0.55  # chance is 1/3


def ppo_learns():
    learns("ppo")


def a2c_learns():
    learns("a2c")


def ends_are_told_apart():
    one = np.ones((2, 1))
    ends = np.array([[True], [False]])
    for terminated, truncated, first in ((ends, ~ends & False, 1.0), (~ends & False, ends, 6.0)):
        found = rollout.generalised_advantages(
            one, 0 * one, 5 * one, terminated=terminated, truncated=truncated, discount=1.0, trace=1.0
        )
        assert found.ravel().tolist() == [first, 6.0]


def the_ratio_is_1_at_first():
    network = built()
    with torch.no_grad():
        network.actor.linear.weight.mul_(100)
    batch = played(network)
    plan = PPO(environments=10, rollout=20, epochs=1, minibatches=1)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
    found = update_by_ppo(
        network, optimiser, batch, plan=plan, entropy_weight=0.0, random=np.random.default_rng(0)
    )
    assert found.kl < 1e-6


def clipped_steps_give_no_gradient():
    now = torch.tensor([0.5], requires_grad=True)
    ppo.clipped_loss(now, torch.zeros(1), torch.ones(1), clip=0.2).sum().backward()
    assert now.grad.item() == 0


def padding_changes_nothing():
    network = SetActorCritic(5, 0, 3, width=8, seed=0)
    words = torch.tensor([[1, 2, 0, 0]])
    wide, narrow = (SimpleNamespace(words=it, mask=it > 0, features=None) for it in (words, words[:, :2]))
    torch.testing.assert_close(network(wide)[1], network(narrow)[1], atol=1e-6, rtol=0)


def entropy_pulls_to_uniform():
    network = built()
    with torch.no_grad():
        network.actor.linear.weight.mul_(300)
    batch = played(network)
    batch.advantages[:] = 0
    before = np.exp(answers(network, batch.rows)[0]).max(axis=1).mean()
    plan = PPO(environments=10, rollout=20, epochs=3, minibatches=1)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    update_by_ppo(network, optimiser, batch, plan=plan, entropy_weight=5.0, random=np.random.default_rng(0))
    assert np.exp(answers(network, batch.rows)[0]).max(axis=1).mean() < before


def unlikely_actions_are_drawn_seldom():
    found = player.drawn(np.log([[0.05, 0.05, 0.9]]).repeat(500, axis=0), np.random.default_rng(0))
    assert (found == 2).mean() > 0.8


def flipped(function):
    return lambda *given, **ways: -function(*given, **ways)


def never_ended(kind):
    def faulty(*given, **ways):
        ways[kind] = np.zeros_like(ways[kind])
        return generalised_advantages(*given, **ways)

    return faulty


def truncated_as_terminated(*given, **ways):
    ways["terminated"] = ways["terminated"] | ways["truncated"]
    return generalised_advantages(*given, **ways)


FAULTS = [
    (ppo_learns, rollout, "generalised_advantages", flipped(generalised_advantages)),
    (a2c_learns, rollout, "generalised_advantages", flipped(generalised_advantages)),
    (ppo_learns, ppo, "clipped_loss", flipped(clipped_loss)),
    (a2c_learns, a2c, "plain_loss", flipped(a2c.plain_loss)),
    (ends_are_told_apart, rollout, "generalised_advantages", never_ended("terminated")),
    (ends_are_told_apart, rollout, "generalised_advantages", never_ended("truncated")),
    (ends_are_told_apart, rollout, "generalised_advantages", truncated_as_terminated),
    (
        clipped_steps_give_no_gradient,
        ppo,
        "clipped_loss",
        lambda now, old, adv, *, clip: -torch.exp(now - old) * adv,
    ),
    (
        the_ratio_is_1_at_first,
        ppo,
        "log_probabilities",
        lambda logits, allowed: torch.log_softmax(logits / 2, -1),
    ),
    (entropy_pulls_to_uniform, ppo, "entropies", flipped(ppo.entropies)),
    (padding_changes_nothing, head, "masked_mean", lambda latents, present: latents.mean(dim=1)),
    (padding_changes_nothing, encoder, "layer_outputs", None),
    (
        unlikely_actions_are_drawn_seldom,
        player,
        "drawn",
        lambda logs, random: random.integers(3, size=len(logs)),
    ),
]


@pytest.mark.parametrize("check", sorted({fault[0] for fault in FAULTS}, key=lambda it: it.__name__))
def test_a_check_passes_without_a_fault(check):
    check()


@pytest.mark.parametrize(("check", "module", "name", "fault"), FAULTS)
def test_a_planted_fault_is_caught(check, module, name, fault, monkeypatch):
    if fault is None:  # attention that sees the padding
        real = copy.copy(encoder.layer_outputs)
        fault = lambda layer, latents, present: real(layer, latents, None)
    monkeypatch.setattr(module, name, fault)
    with pytest.raises(AssertionError):
        check()


def test_the_advantages_of_a_rollout_are_the_checked_ones():
    assert rollout.generalised_advantages is gae.generalised_advantages
