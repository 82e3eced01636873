import copy

import numpy as np
import pytest
import torch
from agent_batches import built, played

from steelyard.agents.learning import ppo as module
from steelyard.agents.learning.answers import answers
from steelyard.agents.learning.batch import Batch
from steelyard.agents.learning.losses import clipped_loss
from steelyard.agents.learning.ppo import PPO, update_by_ppo
from steelyard.agents.learning.rows import Rows

PLAN = PPO(environments=10, rollout=20, epochs=1, minibatches=1, entropy_weight=0.02, learning_rate=1e-3)


def updated(network, batch, plan=PLAN, *, entropy_weight=0.02, seed=0):
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
    return update_by_ppo(
        network,
        optimiser,
        batch,
        plan=plan,
        entropy_weight=entropy_weight,
        random=np.random.default_rng(seed),
    )


def ratios(network, batch, monkeypatch):
    """Return the ratios that an update looks at first."""
    seen = []

    def spied(now, old, advantages, *, clip):
        seen.append(torch.exp(now - old).detach())
        return clipped_loss(now, old, advantages, clip=clip)

    monkeypatch.setattr(module, "clipped_loss", spied)
    updated(network, batch)
    return seen[0]


def test_the_ratio_is_1_at_identical_weights(monkeypatch):
    network = built()
    torch.testing.assert_close(
        ratios(network, played(network), monkeypatch), torch.ones(200), atol=1e-6, rtol=0
    )


def test_dropout_makes_it_differ_from_1(monkeypatch):
    network = built(dropout=0.1)
    with torch.no_grad():
        network.actor.linear.weight.mul_(100)
    found = ratios(network, played(network), monkeypatch)
    assert (found - 1).abs().max() > 0.01


def test_one_pass_is_one_step_along_the_gradient_of_the_written_down_loss():
    network = built()
    batch = played(network)
    twin = copy.deepcopy(network)
    updated(network, batch)
    # every step by itself, by PyTorch's own distributions
    logits, values = twin(batch.rows.taken(batch.of).shown("cpu"))
    policy = torch.distributions.Categorical(logits=logits)
    ratio = (
        policy.log_prob(torch.from_numpy(batch.actions)) - torch.from_numpy(batch.log_probabilities)
    ).exp()
    advantages = torch.from_numpy(batch.advantages)
    surrogate = torch.minimum(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages).mean()
    errors = (values - torch.from_numpy(batch.targets)) ** 2
    loss = -surrogate + 0.5 * 0.5 * errors.mean() - 0.02 * policy.entropy().mean()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(twin.parameters(), 0.5)
    for (name, now), before in zip(network.named_parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(now, before - 0.1 * before.grad, atol=2e-6, rtol=1e-4, msg=name)


def test_minibatches_add_up_to_the_gradient_of_the_whole():
    network = built().double()
    batch = played(network)
    changes = {}
    for minibatches in (1, 5):
        twin = copy.deepcopy(network)
        plan = PPO(environments=10, rollout=20, epochs=1, minibatches=minibatches, gradient_norm=None)
        optimiser = torch.optim.SGD(twin.parameters(), lr=1e-6)
        update_by_ppo(twin, optimiser, batch, plan=plan, entropy_weight=0.01, random=np.random.default_rng(0))
        pairs = zip(twin.parameters(), network.parameters(), strict=True)
        changes[minibatches] = torch.cat([(after - before).detach().ravel() for after, before in pairs])
    assert (changes[5] / 5 - changes[1]).norm() < 1e-3 * changes[1].norm()


@pytest.mark.parametrize("repeated", [True, False])
def test_good_actions_become_likelier_and_bad_ones_less(repeated):
    network = built()
    batch = played(network, repeated=repeated)
    optimiser = torch.optim.Adam(network.parameters(), lr=2e-3)
    plan = PPO(environments=10, rollout=20, epochs=4, minibatches=2)
    update_by_ppo(network, optimiser, batch, plan=plan, entropy_weight=0.0, random=np.random.default_rng(0))
    every, _ = answers(network, batch.rows)
    gained = every[batch.of, batch.actions] - batch.log_probabilities
    assert np.corrcoef(gained, batch.advantages)[0, 1] > 0.1


def test_stop_kl_ends_the_update_after_a_pass():
    network = built()
    batch = played(network)
    plan = PPO(environments=10, rollout=20, epochs=8, minibatches=2, stop_kl=1e-9)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    found = update_by_ppo(
        network, optimiser, batch, plan=plan, entropy_weight=0, random=np.random.default_rng(0)
    )
    assert found.passes == 1
    assert found.kl > 0


def test_the_tally_at_identical_weights():
    network = built()
    batch = played(network)
    found = updated(network, batch)
    assert found.clip_fraction == 0
    assert found.kl == pytest.approx(0, abs=1e-8)
    assert found.policy_loss == pytest.approx(-batch.advantages.mean(), abs=1e-5)
    assert found.value_loss == pytest.approx(0.5 * (batch.advantages**2).mean(), abs=1e-5)
    assert found.entropy == pytest.approx(np.log(4), abs=1e-3)


def test_more_minibatches_than_observations_are_as_many():
    network = built()
    words = np.ones((6, 1), dtype=np.int64)
    rows = Rows(words=words, mask=words > 0, features=None)
    batch = Batch(
        rows=rows.taken(np.array([0])),
        of=np.zeros(6, dtype=np.int64),
        actions=np.zeros(6, dtype=np.int64),
        log_probabilities=np.full(6, -1.4),
        advantages=np.ones(6),
        targets=np.ones(6),
    )
    assert updated(network, batch, PPO(environments=2, rollout=3, epochs=2, minibatches=4)).passes == 2
