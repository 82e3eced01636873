"""Where a training stands after an update."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steelyard.agents.network import SetActorCritic


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What an update found and did; what an agent's `history_` consists of.

    Args:
        update: number of updates so far.
        step: steps of all environments so far.
        steps: of the whole training.
        mean_return: of the episodes that ended in the rollout before the update, undiscounted; None where none did.
        episodes: how many did.
        exact_return: what the network gets in an episode after the update, computed from the rules; None where it wasn't or can't be.
        distinct: different observations in the rollout.
        kl: divergence of the actor before the update from the one during it, mean, nats.
        clip_fraction: share of the steps whose probability changed by more than PPO's clip, 0-1.
        entropy: of what the actor chooses from, nats.
        explained_variance: of the targets by the values before the update: 1 is all, 0 none, below 0 worse than their mean; None where
            the targets don't vary.
        policy_loss: of the actor.
        value_loss: half the squared error of the values, in units of `reward_unit` squared.
        gradient_norm: before it was shortened, mean.
        passes: over the rollout.
        learning_rate: of the update.
        entropy_weight: of the update.
        reward_unit: what rewards were divided by.
        duration_s: of rollout and update, wall clock.
    """

    update: int
    step: int
    steps: int
    mean_return: float | None
    episodes: int
    exact_return: float | None
    distinct: int
    kl: float
    clip_fraction: float
    entropy: float
    explained_variance: float | None
    policy_loss: float
    value_loss: float
    gradient_norm: float
    passes: int
    learning_rate: float
    entropy_weight: float
    reward_unit: float
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Progress:
    """What `on_progress` is told after an update.

    Args:
        last: the update.
        network: as it is now; look, don't change (evaluation under `torch.no_grad` leaves the training what it would have been, to the bit).
    """

    last: Update
    network: SetActorCritic
