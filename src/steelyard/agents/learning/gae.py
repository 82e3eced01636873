"""Generalised advantage estimation: how much better an action turned out than was expected."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError


def generalised_advantages(
    rewards: NDArray[np.floating],
    values: NDArray[np.floating],
    next_values: NDArray[np.floating],
    *,
    terminated: NDArray[np.bool_],
    truncated: NDArray[np.bool_],
    discount: float,
    trace: float,
) -> NDArray[np.float64]:
    r"""Return each step's advantage, the sum of later surprises that fades with `discount * trace`.

    The surprise of a step is delta = reward + discount * next value - value (Schulman et al. 2016, equations 10 and 16). Where the episode
    terminated nothing is to be expected after the step; where it was truncated (a time limit that the observation doesn't tell) the
    value of where it led to is. Neither lets a surprise of the next episode back over its end.

    When it is wrong: with a time limit reported as termination though the observation doesn't tell the time, since then the value of the
    same observation differs from visit to visit; and with `next_values` taken from the next episode's first observation (what a vector
    environment returns at an end unless it is asked for the last one).

    Args:
        rewards: shape (steps, environments).
        values: expected at the observations before the steps, same shape.
        next_values: expected at the observations the steps led to, the last of an episode included, same shape.
        terminated: whether the step ended the episode by the environment's rules, same shape.
        truncated: whether it was cut off after the step.
        discount: what a reward one step later is worth, in [0, 1].
        trace: lambda, in [0, 1]: 0 trusts the values, 1 the rewards.

    Raises:
        InputError: shapes that differ, or a number outside its range.

    Example:
        >>> one = np.ones((2, 1))
        >>> generalised_advantages(
        ...     one, 0 * one, 0 * one, terminated=one < 0, truncated=one < 0, discount=0.5, trace=1.0
        ... ).ravel()
        array([1.5, 1. ])
    """
    shape = rewards.shape
    if len(shape) != 2 or any(each.shape != shape for each in (values, next_values, terminated, truncated)):
        raise InputError(
            "rewards, values, next values and ends must all be of one shape (steps, environments), but got "
            f"{[each.shape for each in (rewards, values, next_values, terminated, truncated)]}"
        )
    for name, share in (("discount", discount), ("trace", trace)):
        if not 0 <= share <= 1:
            raise InputError(f"`{name}` must lie in [0, 1], but got {share}")
    surprises = rewards + discount * np.where(terminated, 0.0, next_values) - values
    fading = np.where(terminated | truncated, 0.0, discount * trace)
    advantages = np.empty(shape, dtype=np.float64)
    later = np.zeros(shape[1], dtype=np.float64)
    for step in range(shape[0] - 1, -1, -1):
        later = surprises[step] + fading[step] * later
        advantages[step] = later
    return advantages
