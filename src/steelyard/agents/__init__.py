"""Agents that act on bags of words: an exact yardstick, an actor-critic transformer, and what its latents tell.

`steelyard/Satchel-v0` and `steelyard/SatchelSmall-v0` are registered with Gymnasium by its plug-ins' entry point, and by importing this after it;
Gymnasium itself is not imported here, so that the catalogue of questions loads nothing heavy.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard.agents.agent import Agent
    from steelyard.agents.agent_score import AgentScore
    from steelyard.agents.network import Architecture, SetActorCritic
    from steelyard.environments.satchel.environment import Satchel
    from steelyard.environments.satchel.observations import observations_of
    from steelyard.environments.satchel.rules import FULL, SMALL, Rules
    from steelyard.environments.satchel.solving import evaluate, optimal, return_scale
    from steelyard.environments.satchel.tables import Tables
    from steelyard.environments.satchel.vector import SatchelVector

_HOMES = {
    "Agent": "agents.agent",
    "AgentScore": "agents.agent_score",
    "Architecture": "agents.network",
    "FULL": "environments.satchel.rules",
    "SMALL": "environments.satchel.rules",
    "Rules": "environments.satchel.rules",
    "Satchel": "environments.satchel.environment",
    "SatchelVector": "environments.satchel.vector",
    "SetActorCritic": "agents.network",
    "Tables": "environments.satchel.tables",
    "evaluate": "environments.satchel.solving",
    "observations_of": "environments.satchel.observations",
    "optimal": "environments.satchel.solving",
    "return_scale": "environments.satchel.solving",
}

__all__ = [
    "FULL",
    "SMALL",
    "Agent",
    "AgentScore",
    "Architecture",
    "Rules",
    "Satchel",
    "SatchelVector",
    "SetActorCritic",
    "Tables",
    "evaluate",
    "observations_of",
    "optimal",
    "return_scale",
]

if "gymnasium" in sys.modules:
    import_module("steelyard.environments.registration").register_satchel()


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that the catalogue of questions loads no network."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import_module("steelyard.environments.registration").register_satchel()
    return getattr(import_module(f"steelyard.{_HOMES[name]}"), name)
