"""Portraits of agents fitted for a moment: one that was looked at, and one that nobody looked at."""

from __future__ import annotations

import pytest

from steelyard.agents.agent import Agent
from steelyard.agents.looking import Looks
from steelyard.agents.playground import Playground
from steelyard.agents.portrait import AgentPortrait, portrait
from steelyard.agents.sampling import sampled_bags
from steelyard.environments.satchel.rules import SMALL


@pytest.fixture(scope="session")
def shown() -> AgentPortrait:
    looks = Looks(sampled_bags(Playground.of(SMALL, None), count=60), seed=0, every=1)
    agent = Agent(SMALL, width=8, environments=16, seed=0)
    agent.fit(steps=500, exact_every=1, on_progress=looks)
    return portrait(agent, looks=[each.to_dict() for each in looks.taken], bags=60)


@pytest.fixture(scope="session")
def unseen() -> AgentPortrait:
    agent = Agent(SMALL, width=8, environments=16, position=True, dropout=0.1, algorithm="a2c", seed=1)
    return portrait(agent.fit(steps=100), bags=60)
