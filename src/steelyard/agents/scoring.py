"""What a network gets in an episode: exactly where that can be computed, else by playing."""

from __future__ import annotations

from steelyard.agents.agent_score import AgentScore
from steelyard.agents.learning.episodes import played_returns
from steelyard.agents.learning.player import Player
from steelyard.agents.network import SetActorCritic
from steelyard.agents.playground import Playground
from steelyard.agents.satchel_play import exact_return
from steelyard.environments.satchel.solving import return_scale
from steelyard.errors import InputError
from steelyard.stats.interval import paired_t_interval

_SIDE_BY_SIDE = 16


def scored(
    network: SetActorCritic,
    place: Playground,
    *,
    action_mask: str | None,
    greedy: bool,
    episodes: int,
    seed: int,
) -> AgentScore:
    """Return what a network gets in an episode.

    Args:
        network: asked.
        place: where it plays.
        action_mask: key of `info` that says which actions may be taken; None: all.
        greedy: always the likeliest action.
        episodes: to play, at least 2, where it isn't Satchel.
        seed: of those.

    Raises:
        InputError: fewer than 2 episodes where they are played.

    Example:
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> place = Playground.of(SMALL, None)
        >>> network = SetActorCritic(place.encoder.vocabulary, place.encoder.features, 6, width=8, seed=0)
        >>> score = scored(network, place, action_mask=None, greedy=False, episodes=2, seed=0)
        >>> score.exact, round(score.mean_return)
        (True, -2)
    """
    if place.rules is not None:
        masked = action_mask is not None
        value = exact_return(network, place.rules, place.encoder, masked=masked, greedy=greedy)
        return AgentScore(
            mean_return=value,
            interval=(value, value),
            episodes=None,
            placement=return_scale(place.rules).place(value),
        )
    if episodes < 2:
        raise InputError(f"`episodes` must be at least 2, but got {episodes}")
    environments = place.make(min(episodes, _SIDE_BY_SIDE))
    player = Player(environments, place.encoder, action_mask=action_mask, seed=seed)
    returns = played_returns(network, player, episodes=episodes, greedy=greedy)
    environments.close()
    return AgentScore(
        mean_return=float(returns.mean()),
        interval=paired_t_interval(returns.tolist()),
        episodes=episodes,
        placement=None,
    )
