"""An agent's parameters turned into what they stand for: a plan and a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, get_args

import torch

from steelyard.agents.learning.a2c import A2C
from steelyard.agents.learning.ppo import PPO
from steelyard.agents.network import Architecture, SetActorCritic
from steelyard.agents.playground import Playground
from steelyard.errors import InputError

Algorithm = Literal["ppo", "a2c"]

_KNOWN_ENVIRONMENTS: dict[str, int] = {"ppo": 512, "a2c": 64}
"""A2C makes one step a rollout, so it needs more rollouts of fewer steps."""
_OTHER_ENVIRONMENTS = 16
_OTHER_ROLLOUT, _OTHER_DISCOUNT = 128, 0.99


def plan_of(given: Mapping[str, Any], *, horizon: int | None) -> PPO | A2C:
    """Return how an agent learns.

    Args:
        given: its parameters by name; None stands for the environment's own value.
        horizon: steps of an episode, where that is known, as on Satchel.

    Raises:
        InputError: an algorithm that there isn't, or values outside their range.

    Example:
        >>> from steelyard.agents import Agent
        >>> plan = plan_of(Agent().parameters(), horizon=16)
        >>> plan.environments, plan.rollout, plan.discount
        (512, 16, 1.0)
    """
    if given["algorithm"] not in get_args(Algorithm):
        raise InputError(
            f"`algorithm` must be one of {', '.join(get_args(Algorithm))}, but got {given['algorithm']!r}"
        )
    kind = PPO if given["algorithm"] == "ppo" else A2C
    own: dict[str, Any] = {
        "environments": _OTHER_ENVIRONMENTS if horizon is None else _KNOWN_ENVIRONMENTS[given["algorithm"]],
        "rollout": _OTHER_ROLLOUT if horizon is None else horizon,
        "discount": _OTHER_DISCOUNT if horizon is None else 1.0,
    }
    chosen = {each.name: given[each.name] for each in fields(kind)}
    return kind(**{name: own[name] if name in own and it is None else it for name, it in chosen.items()})


def network_of(given: Mapping[str, Any], place: Playground, *, actions: int) -> SetActorCritic:
    """Return an agent's network, untrained.

    Args:
        given: its parameters by name.
        place: where it plays.
        actions: to choose from.

    Raises:
        InputError: values outside their range, or a device that isn't here.
    """
    derived: dict[str, Any] = {
        "vocabulary": place.encoder.vocabulary,
        "features": place.encoder.features,
        "actions": actions,
    }
    chosen = {each.name: given[each.name] for each in fields(Architecture) if each.name not in derived}
    network = SetActorCritic.of(Architecture(**derived, **chosen), seed=given["seed"])
    try:
        return network.to(torch.device(given["device"]))
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"`device` must be one that is here (cpu, cuda), but got {given['device']!r}: {reason}"
        ) from error
