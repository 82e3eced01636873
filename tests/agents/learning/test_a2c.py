import copy

import torch
from agent_batches import built, played

from steelyard.agents.learning import a2c as module
from steelyard.agents.learning.a2c import A2C, update_by_a2c

PLAN = A2C(environments=10, rollout=20)


def test_it_makes_one_step_along_the_gradient_of_the_written_down_loss(monkeypatch):
    monkeypatch.setattr(module, "PIECE", 50)  # several pieces, one gradient
    network = built()
    batch = played(network)
    twin = copy.deepcopy(network)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
    found = update_by_a2c(network, optimiser, batch, plan=PLAN, entropy_weight=0.02)
    logits, values = twin(batch.rows.taken(batch.of).shown("cpu"))
    policy = torch.distributions.Categorical(logits=logits)
    reinforced = (
        policy.log_prob(torch.from_numpy(batch.actions)) * torch.from_numpy(batch.advantages)
    ).mean()
    errors = (values - torch.from_numpy(batch.targets)) ** 2
    (-reinforced + 0.5 * 0.5 * errors.mean() - 0.02 * policy.entropy().mean()).backward()
    norm = torch.nn.utils.clip_grad_norm_(twin.parameters(), 0.5)
    for (name, now), before in zip(network.named_parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(now, before - 0.1 * before.grad, atol=2e-6, rtol=1e-4, msg=name)
    assert found.passes == 1
    torch.testing.assert_close(torch.tensor(found.gradient_norm), norm.detach(), rtol=1e-4, atol=0)
