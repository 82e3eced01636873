from __future__ import annotations

from steelyard.agents import SMALL
from steelyard.agents.agent import Agent
from steelyard.cli.agents.progress import described


def test_says_speed_and_return() -> None:
    last = Agent(SMALL, width=8, environments=16, seed=0).fit(steps=192).history_[-1]
    said = described(last, exact=1.234, optimal=2.844)
    assert said.endswith(" steps/s, return 1.23 of 2.84")
    assert float(said.split(" ")[0].replace(",", "")) > 0
    assert "return" not in described(last, exact=None, optimal=2.844)
