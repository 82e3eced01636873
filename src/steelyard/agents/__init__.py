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
    from steelyard.agents.satchel.environment import Satchel
    from steelyard.agents.satchel.observations import observations_of
    from steelyard.agents.satchel.rules import FULL, SMALL, Rules
    from steelyard.agents.satchel.solving import evaluate, optimal, return_scale
    from steelyard.agents.satchel.tables import Tables
    from steelyard.agents.satchel.vector import SatchelVector

_HOMES = {
    "Agent": "agent",
    "AgentScore": "agent_score",
    "Architecture": "network",
    "FULL": "satchel.rules",
    "SMALL": "satchel.rules",
    "Rules": "satchel.rules",
    "Satchel": "satchel.environment",
    "SatchelVector": "satchel.vector",
    "SetActorCritic": "network",
    "Tables": "satchel.tables",
    "evaluate": "satchel.solving",
    "observations_of": "satchel.observations",
    "optimal": "satchel.solving",
    "return_scale": "satchel.solving",
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
    import_module(f"{__name__}.registration").register_satchel()


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that the catalogue of questions loads no network."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import_module(f"{__name__}.registration").register_satchel()
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
