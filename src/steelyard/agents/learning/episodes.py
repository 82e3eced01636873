"""Whole episodes, played to measure what a network gets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.agents.learning.player import Player
from steelyard.agents.network import SetActorCritic


def played_returns(
    network: SetActorCritic, player: Player, *, episodes: int, greedy: bool
) -> NDArray[np.float64]:
    """Return the sums of rewards of so many episodes, undiscounted, shape (episodes,).

    Each environment plays its share of the episodes, so that short ones aren't counted more often than long ones, as they would be if the
    first to end were taken.

    Args:
        network: asked.
        player: of environments that have just begun.
        episodes: how many.
        greedy: always the likeliest action.
    """
    count = player.environments.num_envs
    wanted = np.full(count, episodes // count)
    wanted[: episodes % count] += 1
    found: list[list[float]] = [[] for _ in range(count)]
    while any(len(got) < want for got, want in zip(found, wanted, strict=True)):
        step = player.step(network, greedy=greedy)
        for place, total in zip(step.ended.tolist(), step.returns.tolist(), strict=True):
            if len(found[place]) < wanted[place]:
                found[place].append(total)
    return np.array([total for got in found for total in got])
