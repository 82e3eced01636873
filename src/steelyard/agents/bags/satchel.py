"""Satchel's observations as bags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steelyard.agents.bags.bag import Bags
from steelyard.environments.satchel.observations import FIRST
from steelyard.environments.satchel.rules import Rules
from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class SatchelBags:
    """Encode Satchel: its words as they are, and the time left as a feature of each.

    Args:
        vocabulary: no word, the satchel itself, and the rules' words.
        length: the satchel and as many words as it holds.
    """

    vocabulary: int
    length: int

    @property
    def features(self) -> int:
        """Return 1: the share of the episode that is left."""
        return 1

    def bags(self, observations: Any) -> Bags:
        """Return a batch of bags.

        Args:
            observations: `words` and `time`, as `observations_of` and both environments give them.

        Raises:
            InputError: observations of something else.
        """
        if not isinstance(observations, dict) or not {"words", "time"} <= set(observations):
            raise InputError(
                f"observations must be Satchel's, a dict of `words` and `time`, but got {type(observations).__name__}"
            )
        words, time = np.asarray(observations["words"]), np.asarray(observations["time"])
        if words.ndim != 2 or words.shape[1] != self.length or time.shape != (len(words), 1):
            raise InputError(
                f"`words` and `time` must be of shape (n, {self.length}) and (n, 1), but got {words.shape} and {time.shape}; are the rules others "
                "than the encoder's?"
            )
        if words.size and words.max() >= self.vocabulary:
            raise InputError(
                f"words must be below {self.vocabulary}, but got {words.max()}; are the rules others than the encoder's?"
            )
        mask = words > 0
        features = (time * mask).astype(np.float32)[:, :, None]
        return Bags(words=words, mask=mask, features=features)


def satchel_bags(rules: Rules) -> SatchelBags:
    """Return the encoder of Satchel's observations.

    Example:
        >>> from steelyard.environments.satchel.observations import observations_of
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> encoder = satchel_bags(SMALL)
        >>> encoder.vocabulary, encoder.features, encoder.length
        (8, 1, 6)
        >>> bags = encoder.bags(observations_of(SMALL, [0], 6))                  # an empty satchel, half-way
        >>> bags.words.tolist(), bags.features[0, 0].tolist()
        ([[1, 0, 0, 0, 0, 0]], [0.5])
    """
    return SatchelBags(vocabulary=len(rules.words) + FIRST, length=rules.capacity + 1)
