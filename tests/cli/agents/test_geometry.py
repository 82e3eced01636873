from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from steelyard.agents import SMALL
from steelyard.agents.agent import Agent
from steelyard.agents.looking import look
from steelyard.agents.playground import Playground
from steelyard.agents.sampling import sampled_bags
from steelyard.cli.agents.geometry import ROWS
from steelyard.errors import InputError


def test_shows_the_geometry_of_the_agents_latents(
    fitted: tuple[Path, Result], invoke: Any, invoke_json: Any
) -> None:
    agent = Agent.load(fitted[0])
    bags = sampled_bags(Playground.of(SMALL, None), count=60)
    expected = look(agent.network_, bags, seed=0, step=576, expected_return=agent.evaluate().mean_return)
    said = invoke_json("geometry", fitted[0], "--bags", "60")
    assert said["now"] == expected.to_dict()
    assert said["initial"]["weight_distance"] == 0
    printed = invoke("geometry", fitted[0], "--bags", "60").stdout
    assert all(title in printed for title in ROWS.values())
    assert "words read by a linear probe" in printed


def test_an_agent_with_a_positional_code_is_found_out(tmp_path: Path, invoke: Any, invoke_json: Any) -> None:
    Agent(SMALL, width=8, environments=16, position=True, dropout=0.1, seed=0).fit(steps=100).save(
        tmp_path / "it"
    )
    said = invoke_json("geometry", tmp_path / "it", "--bags", "60")
    codes = {each["code"]: each["severity"] for each in said["findings"]}
    assert {"F09": "warning", "F10": "warning"}.items() <= codes.items()
    assert "F09 order-matters" in " ".join(invoke("geometry", tmp_path / "it", "--bags", "60").stdout.split())


def test_a_high_cosine_is_information_at_most(fitted: tuple[Path, Result], invoke_json: Any) -> None:
    said = invoke_json("geometry", fitted[0])
    assert all(each["severity"] == "info" for each in said["findings"])


def test_no_agent_there(tmp_path: Path, invoke: Any) -> None:
    with pytest.raises(InputError):
        invoke("geometry", tmp_path)
