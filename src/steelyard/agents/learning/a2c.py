"""Advantage actor-critic (Mnih et al. 2016), synchronous: one step along the gradient of each rollout.

Implementation details, where this departs from the paper or says what it leaves open:

1. All environments are stepped together and one gradient is made of all their steps, where the paper has threads that each change the weights
   when they are done (A3C).
2. The loss is -log p(action) x advantage + `value_weight` x half the squared error of the values - `entropy_weight` x entropy (section 4).
3. Advantages are generalised (`gae`, with `trace` below 1 by default), where the paper's are n-step returns (`trace=1`); they are made mean 0 and
   standard deviation 1 for the whole rollout.
4. Adam with epsilon 1e-5, where the paper has RMSprop with shared statistics; learning rate and weight of the entropy fall along straight
   lines. The gradient is shortened to `gradient_norm`.
5. Rewards are scaled, truncation is told from termination, and the network is asked once for equal observations, as in `ppo`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from steelyard.agents.learning.answers import PIECE, log_probabilities
from steelyard.agents.learning.batch import Batch
from steelyard.agents.learning.losses import entropies, plain_loss, squared_error
from steelyard.agents.learning.plan import Plan
from steelyard.agents.learning.tally import Counter, Tally
from steelyard.agents.network import SetActorCritic


@dataclass(frozen=True, slots=True, kw_only=True)
class A2C(Plan):
    """How A2C learns; see `plan.Plan`.

    Raises:
        InputError: a value outside its range.

    Example:
        >>> A2C(environments=8, rollout=16).rate(0.5)
        0.001
    """

    learning_rate: float = 2e-3


def update_by_a2c(
    network: SetActorCritic,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    *,
    plan: A2C,
    entropy_weight: float,
) -> Tally:
    """Improve a network by one step along the gradient of a rollout, and return what was done.

    Args:
        network: changed in place.
        optimiser: of its weights, with the learning rate to use.
        batch: the rollout's steps, with their advantages.
        plan: how.
        entropy_weight: of this update.
    """
    device = next(network.parameters()).device
    counter = Counter()
    everyone = np.arange(len(batch.rows))
    places = np.split(everyone, range(PIECE, len(everyone), PIECE))
    optimiser.zero_grad(set_to_none=True)
    for part in batch.parts(places, weight=1 / batch.steps, device=device):
        logits, values = network(part.shown)
        every = log_probabilities(logits, part.shown.allowed)
        chosen = every[part.of, part.actions]
        policy = plain_loss(chosen, part.advantages)
        value = squared_error(values[part.of], part.targets)
        entropy = entropies(every)[part.of]
        torch.autograd.backward(
            (policy + plan.value_weight * value - entropy_weight * entropy).sum() * part.weight
        )
        counter.add(
            policy=policy, value=value, entropy=entropy, log_ratio=chosen - part.log_probabilities, clip=None
        )
    counter.add_gradient(
        nn.utils.clip_grad_norm_(list(network.parameters()), plan.gradient_norm or torch.inf)
    )
    optimiser.step()
    return counter.tally(passes=1)
