"""What turns observations into bags: the one thing that an environment of your own needs."""

from __future__ import annotations

from typing import Any, Protocol, cast, runtime_checkable

import gymnasium
import numpy as np
from gymnasium.vector.utils import concatenate, create_empty_array

from steelyard.agents.bags.bag import Bags
from steelyard.errors import InputError


@runtime_checkable
class BagEncoder(Protocol):
    """Turn batches of observations into bags of words.

    Write one for an environment of your own: any class with these four names will do (`docs/agents.md` has an example). `check_encoder` tries
    it on an environment. It should keep nothing between calls: the same observation is asked about many times and in any order.
    """

    @property
    def vocabulary(self) -> int:
        """Return one more than the highest word; words are 1 to `vocabulary - 1`, 0 is no word."""
        ...

    @property
    def features(self) -> int:
        """Return how many numbers come with each word; 0 for none."""
        ...

    @property
    def length(self) -> int:
        """Return the most words that a bag can have; every batch of bags is that wide."""
        ...

    def bags(self, observations: Any) -> Bags:
        """Return a batch of bags, one for each observation.

        Args:
            observations: as a vectorised environment gives them: for a `Dict` space a dict of arrays whose first axis is the environment, for a
                `Box` an array.

        Raises:
            InputError: observations that aren't of the environment that the encoder is for.
        """
        ...


def checked_bags(encoder: BagEncoder, observations: Any, *, batch: int | None = None) -> Bags:
    """Return an encoder's bags after holding them against what it says of itself.

    Args:
        encoder: asked.
        observations: a batch of them.
        batch: how many there are, if known.

    Raises:
        InputError: something else than `Bags`, another number of bags, words, features or a word outside the vocabulary.
    """
    bags = encoder.bags(observations)
    if not isinstance(bags, Bags):
        raise InputError(f"`encoder.bags` must return Bags, but got {type(bags).__name__}")
    if batch is not None and len(bags) != batch:
        raise InputError(
            f"`encoder.bags` must return one bag for each of {batch} observations, but got {len(bags)}"
        )
    if bags.words.shape[1] != encoder.length:
        raise InputError(
            f"bags must be {encoder.length} words wide, the encoder's `length`, but are {bags.words.shape[1]} wide"
        )
    if bags.words.size and bags.words.max() >= encoder.vocabulary:
        raise InputError(
            f"words must be below {encoder.vocabulary}, the encoder's `vocabulary`, but got {bags.words.max()}"
        )
    given = 0 if bags.features is None else bags.features.shape[2]
    if given != encoder.features:
        raise InputError(
            f"each word must come with {encoder.features} numbers, the encoder's `features`, but comes with {given}"
        )
    return bags


def check_encoder(
    encoder: BagEncoder, environment: gymnasium.Env[Any, Any], *, steps: int = 50, seed: int = 0
) -> None:
    """Try an encoder on an environment with random actions; return nothing if all is well.

    Args:
        encoder: tried on the first observation and on those of every step, one at a time and all at once.
        environment: where the observations come from.
        steps: how many are taken, over as many episodes as that needs.
        seed: of the environment and of the actions.

    Raises:
        InputError: bags that don't keep what the encoder says, or that differ when other observations are in the batch.

    Example:
        >>> import gymnasium
        >>> from steelyard.agents.bags import NumberBags
        >>> environment = gymnasium.make("CartPole-v1")
        >>> check_encoder(NumberBags(4), environment)
        >>> check_encoder(NumberBags(3), environment)
        Traceback (most recent call last):
            ...
        steelyard.errors.InputError: observations must be arrays of 3 numbers each, but got the shape (..., 4)
    """
    if not isinstance(encoder, BagEncoder):
        raise InputError(
            f"`encoder` must have `vocabulary`, `features`, `length` and `bags`, but {type(encoder).__name__} lacks some"
        )
    seen = _observed(environment, steps=steps, seed=seed)
    space = environment.observation_space
    together = checked_bags(encoder, batched(space, seen), batch=len(seen))
    for place, observation in enumerate(seen):
        alone = checked_bags(encoder, batched(space, [observation]), batch=1)
        same = np.array_equal(alone.words[0], together.words[place]) and (
            alone.features is None
            or together.features is None
            or np.array_equal(alone.features[0], together.features[place])
        )
        if not same:
            raise InputError(
                f"an observation's bag must not depend on the others in the batch, but that of observation {place} does; look for state that "
                "the encoder keeps, or a mean over the batch"
            )


def batched(space: gymnasium.Space[Any], observations: list[Any]) -> Any:
    """Return single observations of a space as one batch, as Gymnasium's vectorised environments give them."""
    return concatenate(space, observations, cast("Any", create_empty_array(space, n=len(observations))))


def _observed(environment: gymnasium.Env[Any, Any], *, steps: int, seed: int) -> list[Any]:
    environment.action_space.seed(seed)
    observation, _ = environment.reset(seed=seed)
    seen = [observation]
    for _ in range(steps):
        observation, _, terminated, truncated, _ = environment.step(environment.action_space.sample())
        seen.append(observation)
        if terminated or truncated:
            seen.append(environment.reset()[0])
    return seen
