"""What a policy gets on Satchel, exactly: no episodes, no noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.environments.satchel.tables import Tables
from steelyard.errors import InputError

_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """What a policy gets.

    Args:
        expected_return: the mean over first bags of the sum of rewards of an episode.
        values: the expected sum of rewards from a step on, for every bag that may be there then, shape (horizon, states).
    """

    expected_return: float
    values: NDArray[np.float64]


def evaluate(tables: Tables, policy: ArrayLike) -> Evaluation:
    """Return what a policy gets in an episode, by summing over everything that can happen.

    Backwards through the steps: the value of a bag is the mean, over the policy's words, of the reward and the value of what the
    bag becomes, itself a mean over what arrives.

    Args:
        tables: of the rules.
        policy: the probability of each word (last axis) in each bag, of shape (horizon, states, words), the first step first; or of
            shape (states, words), the same in every step. Rows are divided by their sums, so that single precision loses nothing.

    Raises:
        InputError: another shape, a probability that is negative, infinite or nan, a row that doesn't sum to 1 (within .001).

    Example:
        >>> from steelyard.environments.satchel.rules import FULL
        >>> tables = Tables.of(FULL)
        >>> round(evaluate(tables, np.full((3003, 8), 1 / 8)).expected_return, 3)
        -2.448
    """
    chances = checked_policy(tables, policy)
    values = np.zeros((tables.rules.horizon, len(tables.bags)))
    ahead = np.zeros(len(tables.bags))
    for step in reversed(range(tables.rules.horizon)):
        now = chances[step] if chances.ndim == 3 else chances
        ahead = (now * action_values(tables, ahead)).sum(axis=1)
        values[step] = ahead
    return Evaluation(expected_return=float(tables.start @ ahead), values=values)


def action_values(tables: Tables, ahead: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the reward of each word in each bag plus the expected value of what the bag becomes, shape (states, words).

    Args:
        tables: of the rules.
        ahead: the value of each bag in the next step, shape (states,).
    """
    arrival = tables.rules.arrival
    later = (1 - arrival) * ahead + arrival * ahead[tables.arrivals].mean(axis=1)
    return np.asarray(tables.reward + later[tables.left], dtype=np.float64)


def checked_policy(tables: Tables, policy: ArrayLike) -> NDArray[np.float64]:
    """Return a policy table in double precision with rows that sum to 1.

    Raises:
        InputError: as in `evaluate`.
    """
    chances = np.asarray(policy, dtype=np.float64)
    states, words = tables.bags.shape
    shapes = ((states, words), (tables.rules.horizon, states, words))
    if chances.shape not in shapes:
        raise InputError(
            f"`policy` must have the shape {shapes[1]} (steps, bags, words) or {shapes[0]}, but got {chances.shape}"
        )
    if not np.isfinite(chances).all() or (chances < 0).any():
        raise InputError(
            "`policy` must hold probabilities, but some are negative, infinite or nan; give the softmax of logits, not logits"
        )
    totals = chances.sum(axis=-1, keepdims=True)
    worst = float(np.abs(totals - 1).max())
    if worst > _TOLERANCE:
        raise InputError(
            f"the probabilities of each bag's words must sum to 1 in `policy`, but a sum is off by {worst:.3g}"
        )
    return np.asarray(chances / totals, dtype=np.float64)
