"""What PPO and A2C have in common: how much is played between two updates, and how an update weighs what happened."""

from __future__ import annotations

import math
from dataclasses import dataclass

from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How an agent learns.

    Args:
        environments: played side by side.
        rollout: steps that each of them makes between two updates.
        learning_rate: Adam's at the start.
        last_rate: share of it at the end; it falls along a straight line.
        discount: what a reward one step later is worth, in [0, 1].
        trace: lambda of `gae.generalised_advantages`, in [0, 1].
        value_weight: of the squared error of the values, against the actor's loss.
        entropy_weight: of the entropy of what the actor chooses from, at the start.
        last_entropy: share of it at the end; it falls along a straight line.
        gradient_norm: longest gradient; a longer one is shortened to it; None: never.
        normalise: whether the advantages of a rollout are shifted and scaled to mean 0 and standard deviation 1.
        scale_rewards: whether rewards are divided by the standard deviation of what they add up to, so that errors of the values are of
            order 1 whatever an environment's unit.

    Raises:
        InputError: a value outside its range.
    """

    environments: int
    rollout: int
    learning_rate: float
    last_rate: float = 0.0
    discount: float = 0.99
    trace: float = 0.95
    value_weight: float = 0.5
    entropy_weight: float = 0.01
    last_entropy: float = 0.0
    gradient_norm: float | None = 0.5
    normalise: bool = True
    scale_rewards: bool = True

    def __post_init__(self) -> None:
        for name in ("environments", "rollout"):
            if getattr(self, name) < 1:
                raise InputError(f"`{name}` must be at least 1, but got {getattr(self, name)}")
        if self.environments * self.rollout < 2:
            raise InputError(
                "a rollout must have at least 2 steps, but got 1; raise `rollout` or `environments`"
            )
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise InputError(f"`learning_rate` must be above 0, but got {self.learning_rate}")
        for name in ("last_rate", "discount", "trace", "last_entropy"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"`{name}` must lie in [0, 1], but got {getattr(self, name)}")
        for name in ("value_weight", "entropy_weight"):
            if not 0 <= getattr(self, name) < math.inf:
                raise InputError(f"`{name}` must be at least 0, but got {getattr(self, name)}")
        if self.gradient_norm is not None and not self.gradient_norm > 0:
            raise InputError(
                f"`gradient_norm` must be above 0, or None for any length, but got {self.gradient_norm}"
            )

    @property
    def steps(self) -> int:
        """Return how many steps of an environment lie between two updates."""
        return self.environments * self.rollout

    def rate(self, done: float) -> float:
        """Return the learning rate when a share of the training is done."""
        return self.learning_rate * (1 - (1 - self.last_rate) * done)

    def entropy(self, done: float) -> float:
        """Return the weight of the entropy when a share of the training is done."""
        return self.entropy_weight * (1 - (1 - self.last_entropy) * done)
