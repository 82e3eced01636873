"""Bags to look at a network with: the same ones every time, so that only the network differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steelyard.agents.bags import BagEncoder, Bags
from steelyard.environments.satchel.observations import observations_of
from steelyard.environments.satchel.rules import Rules
from steelyard.errors import InputError

if TYPE_CHECKING:
    from steelyard.agents.playground import Playground

SAMPLED = 300
"""Bags that geometry is taken of by default: about 1,800 words of Satchel."""
_SIDE_BY_SIDE = 16


def sampled_bags(place: Playground, *, count: int = SAMPLED, seed: int = 0) -> Bags:
    """Return bags of an environment.

    Args:
        place: where an agent plays. Of Satchel, bags are drawn that have a word and times, each equally likely; elsewhere random actions are taken
            and what is seen on the way is kept.
        count: how many, at least 5.
        seed: of the draw.

    Raises:
        InputError: fewer than 5.

    Example:
        >>> from steelyard.agents.playground import Playground
        >>> bags = sampled_bags(Playground.of("steelyard/SatchelSmall-v0", None), count=40)
        >>> bags.words.shape, bool((bags.mask.sum(axis=1) >= 2).all())
        ((40, 6), True)
    """
    if count < 5:
        raise InputError(f"`count` must be at least 5 bags, but got {count}")
    if place.rules is not None:
        return _of_satchel(place.rules, place.encoder, count=count, seed=seed)
    return _on_the_way(place, count=count, seed=seed)


def _of_satchel(rules: Rules, encoder: BagEncoder, *, count: int, seed: int) -> Bags:
    rng = np.random.default_rng(seed)
    states = rng.integers(1, rules.states, count)  # the empty bag is number 0
    return encoder.bags(observations_of(rules, states, rng.integers(1, rules.horizon + 1, count)))


def _on_the_way(place: Playground, *, count: int, seed: int) -> Bags:
    vectorised = place.make(_SIDE_BY_SIDE)
    try:
        observations, _ = vectorised.reset(seed=seed)
        vectorised.action_space.seed(seed)
        seen = []
        for _ in range(-(-count // _SIDE_BY_SIDE)):
            seen.append(place.encoder.bags(observations))
            observations = vectorised.step(vectorised.action_space.sample())[0]
    finally:
        vectorised.close()
    features = [each.features for each in seen]
    return Bags(
        words=np.concatenate([each.words for each in seen])[:count],
        mask=np.concatenate([each.mask for each in seen])[:count],
        features=None
        if features[0] is None
        else np.concatenate([each for each in features if each is not None])[:count],
    )
