"""What an agent sees of Satchel: the bag as a row of word numbers, and the time left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import ArrayLike, NDArray

from steelyard.environments.satchel.rules import Rules
from steelyard.environments.satchel.tables import Tables
from steelyard.errors import InputError

Observations = dict[str, NDArray[Any]]
"""`words`, int8, and `time`, float32: see `observations_of`."""
SATCHEL = 1
"""The word that stands for the bag itself, so that an empty bag has one too."""
FIRST = 2
"""The number of the rules' first word in an observation; 0 is no word."""


def observation_space(rules: Rules) -> spaces.Space[Any]:
    """Return the space of one environment's observations, a `Dict` of `words` and `time`."""
    most = len(rules.words) + FIRST - 1
    return spaces.Dict(
        {
            "words": spaces.Box(0, most, (rules.capacity + 1,), np.int8),
            "time": spaces.Box(0.0, 1.0, (1,), np.float32),
        }
    )


def observations_of(
    rules: Rules, states: ArrayLike, steps_left: ArrayLike, *, shuffling: np.random.Generator | None = None
) -> Observations:
    """Return what is seen of some bags.

    Args:
        rules: the rules.
        states: numbers of bags in the tables, shape (n,).
        steps_left: steps that the episode still has, shape (n,) or one for all.
        shuffling: puts each bag's words in a random order; None leaves them in the order of their numbers. A bag has no order: what is
            learned should not depend on it.

    Returns:
        `words`, int8, shape (n, capacity + 1): 1, then 2 + the number of each word in the bag, then 0 where there is none; `time`, float32,
        shape (n, 1): the share of the episode that is left, 0-1.

    Raises:
        InputError: a number that no bag has, a time outside the horizon, or shapes that don't fit.

    Example:
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> bag = Tables.of(SMALL).number({"key_0": 2, "bread": 1})
        >>> seen = observations_of(SMALL, [bag, 0], [12, 3])
        >>> seen["words"].tolist(), seen["time"].ravel().tolist()
        ([[1, 2, 2, 7, 0, 0], [1, 0, 0, 0, 0, 0]], [1.0, 0.25])
    """
    numbers = np.asarray(states)
    left = np.asarray(steps_left)
    if numbers.ndim != 1 or not np.issubdtype(numbers.dtype, np.integer):
        raise InputError(
            f"`states` must be whole numbers, shape (n,), but got {numbers.dtype} of shape {numbers.shape}"
        )
    if left.shape not in ((), numbers.shape):
        raise InputError(
            f"`steps_left` must be one number or one for each of the {len(numbers)} states, but got the shape {left.shape}"
        )
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < rules.states):
        raise InputError(
            f"`states` must be numbers of bags, from 0 to {rules.states - 1}, but they go from {numbers.min()} to {numbers.max()}"
        )
    if left.size and not (left.min() >= 0 and left.max() <= rules.horizon):
        raise InputError(
            f"`steps_left` must be from 0 to the horizon, {rules.horizon}, but goes from {left.min()} to {left.max()}"
        )
    return Layout.of(rules).seen(numbers, np.broadcast_to(left, numbers.shape), shuffling=shuffling)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """Every bag's row of words and every step's share of the horizon, to be looked up; read-only.

    Args:
        words: int8, shape (states, capacity + 1), in the order of their numbers.
        times: float32, shape (horizon + 1, 1).
    """

    words: NDArray[np.int8]
    times: NDArray[np.float32]

    @staticmethod
    def of(rules: Rules) -> Layout:
        """Return the layout of some rules, made once for each."""
        return _layout_of(rules)

    def seen(
        self,
        states: NDArray[Any],
        steps_left: NDArray[Any],
        *,
        shuffling: np.random.Generator | None = None,
    ) -> Observations:
        """Return the same as `observations_of`, of arguments that are known to be right, in new arrays."""
        words = self.words.take(states, axis=0)
        if shuffling is not None:
            held = words[:, 1:]
            order = np.argsort(shuffling.random(held.shape) + (held == 0), axis=1)
            held[...] = np.take_along_axis(held, order, axis=1)
        return {"words": words, "time": self.times.take(steps_left, axis=0)}


@lru_cache(maxsize=16)
def _layout_of(rules: Rules) -> Layout:
    bags = Tables.of(rules).bags.astype(np.int64)
    sizes = bags.sum(axis=1)
    held = np.repeat(np.tile(np.arange(bags.shape[1]), len(bags)), bags.ravel())
    rows = np.repeat(np.arange(len(bags)), sizes)
    places = np.arange(len(held)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    words = np.zeros((len(bags), rules.capacity + 1), dtype=np.int8)
    words[:, 0] = SATCHEL
    words[rows, places + 1] = held + FIRST
    times = (np.arange(rules.horizon + 1) / rules.horizon).astype(np.float32)[:, None]
    words.flags.writeable = times.flags.writeable = False
    return Layout(words=words, times=times)
