"""The unit of the values: how much rewards add up to, by what was seen so far."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEAST = 1e-4


@dataclass(slots=True, kw_only=True)
class RewardScale:
    """Remember the spread of what rewards add up to, over all rollouts alike.

    Rewards are divided by it, so that errors of the values are of order 1 whatever an environment's unit; without that, their gradient drowns the
    actor's where both share a body. Rewards aren't shifted, which would change what is best where episodes differ in length.

    Args:
        total: of the squares so far.
        count: of them.

    Example:
        >>> scale = RewardScale()
        >>> scale.unit
        1.0
        >>> scale.saw(np.array([[3.0, -4.0], [0.0, 0.0]]), ended=np.array([[False, False], [True, True]]), discount=1.0)
        >>> scale.unit
        2.5
    """

    total: float = 0.0
    count: int = 0

    @property
    def unit(self) -> float:
        """Return how much reward a value of 1 means: the root mean square so far; 1 where there is nothing yet."""
        if not self.count:
            return 1.0
        root = math.sqrt(self.total / self.count)
        return root if root > _LEAST else 1.0

    def saw(self, rewards: NDArray[np.float64], *, ended: NDArray[np.bool_], discount: float) -> None:
        """Remember a rollout.

        Args:
            rewards: shape (steps, environments).
            ended: whether the step was an episode's last, same shape.
            discount: what a reward one step later is worth.
        """
        later = np.zeros(rewards.shape[1])
        for step in range(len(rewards) - 1, -1, -1):
            later = rewards[step] + discount * np.where(ended[step], 0.0, later)
            self.total += float((later**2).sum())
        self.count += rewards.size
