"""Proximal policy optimisation (Schulman et al. 2017): several passes over a rollout, with changes of probability clipped.

Implementation details, where this departs from the paper or says what it leaves open:

1. The loss is the clipped surrogate (equation 7) + `value_weight` x half the squared error of the values - `entropy_weight` x entropy (equation
   9, with the signs of a loss). Values are not clipped.
2. Advantages are generalised (`gae`); they are made mean 0 and standard deviation 1 once for the whole rollout, not for each minibatch.
3. The target of a value is the advantage before that plus the value when the step was made; it stays as it is through the passes.
4. Steps of equal observations (equal to the bit) go into the same minibatch, and the network is asked once for them. Minibatches are a random
   split of the different observations; each step counts alike, so the gradient is, on average, that of the whole rollout.
5. Adam with epsilon 1e-5; learning rate and weight of the entropy fall along straight lines. The gradient of actor and critic together is
   shortened to `gradient_norm`.
6. Rewards are divided by the standard deviation of what they add up to (`reward_scale`), not clipped.
7. Ends by a time limit (truncation) are worth the value of where they led to; see `rollout` for how they are told from terminations.
8. A pass stops the update where the divergence in it, on average, exceeded `stop_kl`; by default nothing stops it.
9. The actor's last layer begins a hundred times smaller than PyTorch's, so that all actions are about equally likely at first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from steelyard.agents.learning.answers import log_probabilities
from steelyard.agents.learning.batch import Batch
from steelyard.agents.learning.losses import clipped_loss, entropies, squared_error
from steelyard.agents.learning.plan import Plan
from steelyard.agents.learning.tally import Counter, Tally
from steelyard.agents.network import SetActorCritic
from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class PPO(Plan):
    """How PPO learns; see `plan.Plan` for what isn't named here.

    Args:
        epochs: passes over a rollout.
        minibatches: that each pass is split into.
        clip: largest useful change of a probability, as a share.
        stop_kl: the update ends after a pass with a larger divergence, nats; None: never.

    Raises:
        InputError: a value outside its range.

    Example:
        >>> PPO(environments=8, rollout=64).steps
        512
    """

    learning_rate: float = 2e-3
    epochs: int = 4
    minibatches: int = 8
    clip: float = 0.2
    stop_kl: float | None = None

    def __post_init__(self) -> None:
        Plan.__post_init__(self)
        for name in ("epochs", "minibatches"):
            if getattr(self, name) < 1:
                raise InputError(f"`{name}` must be at least 1, but got {getattr(self, name)}")
        if not 0 < self.clip < 1:
            raise InputError(f"`clip` must lie between 0 and 1, but got {self.clip}")
        if self.stop_kl is not None and not self.stop_kl > 0:
            raise InputError(f"`stop_kl` must be above 0, or None to never stop, but got {self.stop_kl}")


def update_by_ppo(
    network: SetActorCritic,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    *,
    plan: PPO,
    entropy_weight: float,
    random: np.random.Generator,
) -> Tally:
    """Improve a network by what a rollout tells, and return what was done.

    Args:
        network: changed in place.
        optimiser: of its weights, with the learning rate to use.
        batch: the rollout's steps, with their advantages.
        plan: how.
        entropy_weight: of this update.
        random: splits the observations.
    """
    device = next(network.parameters()).device
    weights = list(network.parameters())
    counter, passes = Counter(), 0
    for _ in range(plan.epochs):
        places = np.array_split(random.permutation(len(batch.rows)), plan.minibatches)
        places = [chosen for chosen in places if len(chosen)]
        divergence = 0.0
        for part in batch.parts(places, weight=len(places) / batch.steps, device=device):
            logits, values = network(part.shown)
            every = log_probabilities(logits, part.shown.allowed)
            chosen = every[part.of, part.actions]
            policy = clipped_loss(chosen, part.log_probabilities, part.advantages, clip=plan.clip)
            value = squared_error(values[part.of], part.targets)
            entropy = entropies(every)[part.of]
            loss = (policy + plan.value_weight * value - entropy_weight * entropy).sum() * part.weight
            optimiser.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            norm = nn.utils.clip_grad_norm_(weights, plan.gradient_norm or torch.inf)
            optimiser.step()
            divergence += counter.add(
                policy=policy,
                value=value,
                entropy=entropy,
                log_ratio=chosen - part.log_probabilities,
                clip=plan.clip,
            )
            counter.add_gradient(norm)
        passes += 1
        if plan.stop_kl is not None and divergence / len(places) > plan.stop_kl:
            break
    return counter.tally(passes=passes)
