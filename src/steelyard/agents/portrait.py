"""All that a page says about an agent: what it gets, how it came there, and the geometry of its latents meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steelyard.agents.agent import Agent
from steelyard.agents.agent_score import AgentScore
from steelyard.agents.checks import geometry_findings, initial_of, wiring
from steelyard.agents.learning.progress import Update
from steelyard.agents.looking import PARTS, Look, look
from steelyard.agents.playground import Playground
from steelyard.agents.sampling import SAMPLED, sampled_bags
from steelyard.environments.satchel.rules import Rules
from steelyard.environments.satchel.solving import return_scale
from steelyard.errors import InputError
from steelyard.watch.finding import Finding
from steelyard.weigh.scale import Placement, Scale

MEASURES = ("mean_cosine", "centred_mean_cosine", "effective_rank")
"""Numbers of a geometry that are followed along a training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The geometry of an agent's latents at one moment of its training.

    Args:
        step: of the environments so far; 0 before training.
        expected_return: of an episode, where it was computed; else None.
        values: part of the network (`body`, `actor`, `critic`) -> measure (one of `MEASURES`) -> number; None where it isn't one.
    """

    step: int
    expected_return: float | None
    values: Mapping[str, Mapping[str, float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPortrait:
    """All that a page says about an agent of Satchel.

    Args:
        rules: Satchel's.
        parameters: what the agent was made with, by name.
        history: what every update came to.
        scale: of an episode's return.
        score: of the policy as it draws its words.
        placement: of that score.
        greedy: of always the likeliest word.
        moments: geometry along the training, earliest first; empty where nobody looked.
        now: geometry at the end.
        before: geometry of the same network before training, of the same bags.
        bags: that both are of.
        findings: on the wiring and on the geometry.
    """

    rules: Rules
    parameters: Mapping[str, Any]
    history: tuple[Update, ...]
    scale: Scale
    score: AgentScore
    placement: Placement
    greedy: AgentScore
    moments: tuple[Moment, ...]
    now: Look
    before: Look
    bags: int
    findings: tuple[Finding, ...]


def portrait(
    agent: Agent, *, looks: Sequence[Mapping[str, Any]] = (), bags: int = SAMPLED, seed: int = 0
) -> AgentPortrait:
    """Return all that a page says about an agent.

    Args:
        agent: fitted on Satchel, whose returns are computed and not played.
        looks: along the training, as `Look.to_dict` makes them (`steelyard agents fit` keeps them as `looks.json`).
        bags: to look at the network with, at least 5.
        seed: of the bags, and of the checks of wiring.

    Raises:
        InputError: not fitted, an environment other than Satchel, or looks that aren't looks.

    Example:
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> shown = portrait(Agent(SMALL, width=8, environments=16, seed=0).fit(steps=200), bags=50)
        >>> shown.score.exact, shown.now.step, shown.before.weight_distance
        (True, 384, 0.0)
    """
    score = agent.evaluate(episodes=2)
    place = Playground.of(agent.environment, agent.encoder)
    if place.rules is None or score.placement is None:
        raise InputError(
            f"an agent must have played Satchel for a page, but played {place.name}, whose returns can't be computed; "
            "call `evaluate`, and `looking.look` for its geometry"
        )
    moments = moments_of(looks)
    sampled = sampled_bags(place, count=bags, seed=seed)
    initial = initial_of(agent.network_, seed=agent.seed)
    step = agent.history_[-1].step if agent.history_ else 0
    now = look(agent.network_, sampled, seed=agent.seed, step=step, expected_return=score.mean_return)
    skill = score.placement.skill
    return AgentPortrait(
        rules=place.rules,
        parameters=agent.parameters(),
        history=agent.history_,
        scale=return_scale(place.rules),
        score=score,
        placement=score.placement,
        greedy=agent.evaluate(greedy=True),
        moments=moments,
        now=now,
        before=look(initial, sampled, seed=agent.seed),
        bags=bags,
        findings=(
            *wiring(agent.network_, sampled, seed=seed, initial=initial),
            *geometry_findings(now, better_than_baseline=None if skill is None else skill > 0),
        ),
    )


def moments_of(looks: Sequence[Mapping[str, Any]]) -> tuple[Moment, ...]:
    """Return looks as JSON keeps them as moments, the earliest first.

    Raises:
        InputError: something in them isn't a look.

    Example:
        >>> body = {"mean_cosine": 0.8, "centred_mean_cosine": 0.0, "effective_rank": None}
        >>> [found] = moments_of([{"step": 0, "expected_return": None, "parts": dict.fromkeys(("body", "actor", "critic"), body)}])
        >>> found.step, found.values["critic"]["mean_cosine"], found.values["body"]["effective_rank"]
        (0, 0.8, None)
    """
    try:
        found = [
            Moment(
                step=int(each["step"]),
                expected_return=_number(each["expected_return"]),
                values={
                    part: {name: _number(each["parts"][part][name]) for name in MEASURES} for part in PARTS
                },
            )
            for each in looks
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"`looks` must be looks at an agent, as `agents fit` keeps them, but got {type(error).__name__}: {error}"
        ) from error
    return tuple(sorted(found, key=lambda moment: moment.step))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
