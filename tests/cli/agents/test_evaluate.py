from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from steelyard.agents.agent import Agent
from steelyard.errors import InputError


def test_places_the_agent_among_the_references(
    fitted: tuple[Path, Result], invoke: Any, invoke_json: Any
) -> None:
    agent = Agent.load(fitted[0])
    said = invoke_json("evaluate", fitted[0])
    assert said["return"] == agent.evaluate().mean_return
    assert said["placement"]["skill"] == agent.evaluate().placement.skill
    greedy = invoke_json("evaluate", fitted[0], "--greedy")
    assert greedy["return"] == agent.evaluate(greedy=True).mean_return != said["return"]
    printed = invoke("evaluate", fitted[0]).stdout
    names = [line.split("  ")[0].strip() for line in printed.splitlines()]
    places = [names.index(name) for name in ("uniform", "fixed order", "myopic", "optimal")]
    assert places == sorted(places)
    assert "this agent" in names
    assert "Exact: computed from the rules" in printed


def test_no_agent_there(tmp_path: Path, invoke: Any) -> None:
    with pytest.raises(InputError):
        invoke("evaluate", tmp_path)
