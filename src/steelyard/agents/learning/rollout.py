"""Steps played on vectorised environments, with every end told for what it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.agents.learning.gae import generalised_advantages
from steelyard.agents.learning.rows import Rows


@dataclass(slots=True, kw_only=True, eq=False)
class Step:
    """What happened in one step of every environment; arrays have the shape (environments,).

    Args:
        rows: the observations before the step.
        actions: what was done; this and all up to `made` are those of `Rollout`.
        log_probabilities: of it.
        values: expected at the observations before the step.
        rewards: what it gave.
        terminated: whether the step ended the episode by the environment's rules.
        truncated: whether it was cut off after the step.
        made: False where an environment only began its next episode.
        cut: where the next observation isn't what the step led to, though that is worth something.
        last: what it led to there, a row for each; None where that is nowhere.
        ended: places of the environments whose episodes ended.
        returns: of those episodes.
        lengths: of those episodes.
        next_values: expected at what the step led to; known when the next step is.
    """

    rows: Rows
    actions: NDArray[np.int64]
    log_probabilities: NDArray[np.float64]
    values: NDArray[np.float64]
    rewards: NDArray[np.float64]
    terminated: NDArray[np.bool_]
    truncated: NDArray[np.bool_]
    made: NDArray[np.bool_]
    cut: NDArray[np.bool_]
    last: Rows | None
    ended: NDArray[np.int64]
    returns: NDArray[np.float64]
    lengths: NDArray[np.int64]
    next_values: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rollout:
    """What happened in some steps of some environments; all arrays have the shape (steps, environments).

    Args:
        rows: the observations before the steps, of all environments for the first step, then for the second, ...
        actions: what was done.
        log_probabilities: of it.
        rewards: what it gave.
        values: expected at the observations before the steps.
        next_values: expected at the observations that the steps led to: after a truncation at the episode's last one, not at the next one's
            first; after a termination it means nothing.
        terminated: whether the step ended the episode by the environment's rules.
        truncated: whether it was cut off after the step.
        made: False for steps in which an environment only began its next episode, ignoring the action.
        returns: sums of rewards of the episodes that ended, in the order they did.
        lengths: their steps.
    """

    rows: Rows
    actions: NDArray[np.int64]
    log_probabilities: NDArray[np.float64]
    rewards: NDArray[np.float64]
    values: NDArray[np.float64]
    next_values: NDArray[np.float64]
    terminated: NDArray[np.bool_]
    truncated: NDArray[np.bool_]
    made: NDArray[np.bool_]
    returns: NDArray[np.float64]
    lengths: NDArray[np.int64]

    def advantages(self, *, discount: float, trace: float, unit: float) -> NDArray[np.float64]:
        """Return the advantages, shape (steps, environments), in units of the values.

        Args:
            discount: see `gae.generalised_advantages`.
            trace: see there.
            unit: how much reward a value of 1 means.
        """
        return generalised_advantages(
            self.rewards / unit,
            self.values,
            self.next_values,
            terminated=self.terminated,
            truncated=self.truncated,
            discount=discount,
            trace=trace,
        )


def joined(steps: list[Step]) -> Rollout:
    """Return some steps as one rollout."""
    following = [step.next_values for step in steps if step.next_values is not None]
    return Rollout(
        rows=Rows.joined([step.rows for step in steps]),
        actions=np.stack([step.actions for step in steps]),
        log_probabilities=np.stack([step.log_probabilities for step in steps]),
        rewards=np.stack([step.rewards for step in steps]),
        values=np.stack([step.values for step in steps]),
        next_values=np.stack(following),
        terminated=np.stack([step.terminated for step in steps]),
        truncated=np.stack([step.truncated for step in steps]),
        made=np.stack([step.made for step in steps]),
        returns=np.concatenate([step.returns for step in steps]),
        lengths=np.concatenate([step.lengths for step in steps]),
    )
