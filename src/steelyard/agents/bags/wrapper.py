"""Environments whose observations are bags: any Gymnasium environment and an encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import VectorEnv, VectorWrapper
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from steelyard.agents.bags.bag import Bags
from steelyard.agents.bags.encoder import BagEncoder, batched, checked_bags
from steelyard.errors import InputError

if TYPE_CHECKING:
    _VectorWrapper = VectorWrapper[Any, Any, Any, Any, Any]
else:
    _VectorWrapper = VectorWrapper  # takes no types before Gymnasium 1.4

Observation = dict[str, NDArray[Any]]
"""`words`, int32, shape (length,), and `features`, float32, shape (length, features), if there are any."""


def bag_space(encoder: BagEncoder) -> spaces.Space[Any]:
    """Return the space of an encoder's bags, a `Dict` of `words` and, if there are any, `features`."""
    parts: dict[str, spaces.Space[Any]] = {
        "words": spaces.Box(0, encoder.vocabulary - 1, (encoder.length,), np.int32)
    }
    if encoder.features:
        parts["features"] = spaces.Box(-np.inf, np.inf, (encoder.length, encoder.features), np.float32)
    return spaces.Dict(parts)


def as_observations(bags: Bags) -> Observation:
    """Return a batch of bags as a batch of observations of `bag_space`."""
    found: Observation = {"words": np.array(bags.words, dtype=np.int32)}
    if bags.features is not None:
        found["features"] = np.array(bags.features, dtype=np.float32)
    return found


class BagWrapper(gymnasium.ObservationWrapper[Observation, Any, Any], RecordConstructorArgs):
    """Make an environment's observations bags.

    Args:
        env: any Gymnasium environment.
        encoder: turns its observations into bags; it is given a batch of one.

    Raises:
        InputError: bags that don't keep what the encoder says of itself.

    Example:
        >>> from steelyard.agents.bags import NumberBags
        >>> environment = BagWrapper(gymnasium.make("CartPole-v1"), NumberBags(4))
        >>> observation, info = environment.reset(seed=0)
        >>> observation["words"].tolist(), observation["features"].shape
        ([1, 2, 3, 4], (4, 1))
    """

    def __init__(self, env: gymnasium.Env[Any, Any], encoder: BagEncoder) -> None:
        RecordConstructorArgs.__init__(self, encoder=encoder)
        gymnasium.ObservationWrapper.__init__(self, env)
        self.encoder = encoder
        self.observation_space = bag_space(encoder)

    def observation(self, observation: Any) -> Observation:
        """Return an observation's bag."""
        batch = batched(self.env.observation_space, [observation])
        rows = as_observations(checked_bags(self.encoder, batch, batch=1))
        return {name: row[0] for name, row in rows.items()}


class BagVectorWrapper(_VectorWrapper):
    """Make a vectorised environment's observations bags, the last ones of episodes (`info["final_obs"]`) too.

    Args:
        env: any vectorised Gymnasium environment, in any of the ways to begin the next episode.
        encoder: turns its observations into bags.

    Raises:
        InputError: bags that don't keep what the encoder says of itself.

    Example:
        >>> from steelyard.agents.bags import NumberBags
        >>> environments = BagVectorWrapper(gymnasium.make_vec("CartPole-v1", num_envs=3), NumberBags(4))
        >>> observations, info = environments.reset(seed=0)
        >>> observations["words"].shape, observations["features"].shape
        ((3, 4), (3, 4, 1))
    """

    def __init__(self, env: VectorEnv[Any, Any, Any], encoder: BagEncoder) -> None:
        super().__init__(env)
        self.encoder = encoder
        self.single_observation_space = bag_space(encoder)
        self.observation_space = batch_space(self.single_observation_space, env.num_envs)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin new episodes; arguments are the environment's."""
        observations, info = self.env.reset(seed=seed, options=options)
        return self._bags(observations), info

    def step(self, actions: Any) -> tuple[Observation, Any, Any, Any, dict[str, Any]]:
        """Take a step in each environment."""
        observations, reward, terminated, truncated, info = self.env.step(actions)
        if "final_obs" in info:
            info = {**info, "final_obs": self._finals(info["final_obs"], info["_final_obs"])}
        return self._bags(observations), reward, terminated, truncated, info

    def _bags(self, observations: Any) -> Observation:
        return as_observations(checked_bags(self.encoder, observations, batch=self.num_envs))

    def _finals(self, last: NDArray[Any], there: NDArray[np.bool_]) -> NDArray[Any]:
        found = np.full(len(last), None, dtype=object)
        rows = as_observations(
            checked_bags(self.encoder, batched(self.env.single_observation_space, list(last[there])))
        )
        for place, number in enumerate(np.flatnonzero(there).tolist()):
            found[number] = {name: row[place] for name, row in rows.items()}
        return found


class WrappedBags:
    """Encode the observations of `BagWrapper`, `BagVectorWrapper` and every environment whose observations are of a `bag_space`.

    Args:
        space: the space of one observation: a `Dict` of `words` and, if there are any, `features`.

    Raises:
        InputError: another space: an environment that isn't of bags.

    Example:
        >>> from steelyard.agents.bags import NumberBags
        >>> environment = BagWrapper(gymnasium.make("CartPole-v1"), NumberBags(4))
        >>> encoder = WrappedBags(environment.observation_space)
        >>> encoder.vocabulary, encoder.features, encoder.length
        (5, 1, 4)
        >>> WrappedBags(gymnasium.make("CartPole-v1").observation_space)
        Traceback (most recent call last):
            ...
        steelyard.errors.InputError: the observations must be a Dict of `words` and perhaps `features`, but are Box...; wrap the environment in
        BagWrapper with an encoder that turns them into bags
    """

    def __init__(self, space: spaces.Space[Any]) -> None:
        parts = dict(space.spaces) if isinstance(space, spaces.Dict) else {}
        words, features = parts.get("words"), parts.get("features")
        if not (
            isinstance(words, spaces.Box)
            and len(words.shape) == 1
            and words.dtype.kind in "iu"
            and (features is None or (isinstance(features, spaces.Box) and len(features.shape) == 2))
        ):
            raise InputError(
                f"the observations must be a Dict of `words` and perhaps `features`, but are {space}; wrap the environment in BagWrapper with an "
                "encoder that turns them into bags"
            )
        self._vocabulary, self._length = int(words.high.max()) + 1, int(words.shape[0])
        self._features = 0 if features is None else int(features.shape[1])

    @property
    def vocabulary(self) -> int:
        """Return one more than the highest word."""
        return self._vocabulary

    @property
    def features(self) -> int:
        """Return how many numbers come with each word."""
        return self._features

    @property
    def length(self) -> int:
        """Return the most words that a bag can have."""
        return self._length

    def bags(self, observations: Any) -> Bags:
        """Return a batch of bags.

        Args:
            observations: `words`, shape (n, length), and perhaps `features`, shape (n, length, features).

        Raises:
            InputError: observations without `words`.
        """
        if not isinstance(observations, dict) or "words" not in observations:
            raise InputError(f"observations must be a dict of `words`, but got {type(observations).__name__}")
        words = np.asarray(observations["words"])
        return Bags(words=words, mask=words > 0, features=observations.get("features"))
