from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from steelyard.agents import SMALL
from steelyard.agents.agent import Agent
from steelyard.cli.agents.report import PAGE
from steelyard.cli.agents.source import LOOKS
from steelyard.errors import InputError


def test_saves_the_agent_and_says_what_it_gets(fitted: tuple[Path, Result]) -> None:
    folder, done = fitted
    agent = Agent.load(folder)
    assert agent.environment == SMALL
    assert agent.evaluate().placement.sentence.split(":")[0] in " ".join(done.stdout.split())
    assert "step 576 of 576" in done.stderr
    assert "Always the likeliest word" in done.stdout
    assert {each.name for each in folder.iterdir()} == {"agent.json", "weights.safetensors", LOOKS, PAGE}


def test_keeps_the_geometry_along_the_training(fitted: tuple[Path, Result]) -> None:
    looks = json.loads((fitted[0] / LOOKS).read_text())
    assert [each["step"] for each in looks] == [0, 192, 384, 576]
    assert looks[0]["expected_return"] is None
    assert all(set(each["parts"]) == {"body", "actor", "critic"} for each in looks)


def test_json_holds_all_of_it_and_options_reach_the_agent(
    tmp_path: Path, invoke_json: Any, tiny: tuple[str, ...]
) -> None:
    options = (
        "--latents",
        "centre",
        "--head",
        "linear",
        "--norm",
        "post",
        "--seed",
        "3",
        "--algorithm",
        "a2c",
        "--layers",
        "1",
    )
    said = invoke_json("fit", "small", *tiny, *options, "--out", tmp_path / "new")
    agent = Agent.load(tmp_path / "new")
    chosen = {
        name: agent.parameters()[name] for name in ("latents", "head", "norm", "seed", "algorithm", "layers")
    }
    assert chosen == {
        "latents": "centre",
        "head": "linear",
        "norm": "post",
        "seed": 3,
        "algorithm": "a2c",
        "layers": 1,
    }
    assert said["return"] == agent.evaluate().mean_return
    assert said["greedy_return"] == agent.evaluate(greedy=True).mean_return
    assert said["scale"]["floor"]["name"] == "optimal"
    assert (said["steps"], len(said["looks"])) == (576, 4)


def test_a_folder_with_something_else_is_left_alone(
    tmp_path: Path, invoke: Any, tiny: tuple[str, ...]
) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(InputError, match=r"holds 'thesis\.txt'; name another"):
        invoke("fit", "small", *tiny, "--out", tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "precious"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--learning-rate", "-1"), "`learning_rate` must be above 0"),
        (("--width", "7"), "multiple of `attention_heads`"),
    ],
)
def test_bad_options_are_told(
    options: tuple[str, str], message: str, tmp_path: Path, invoke: Any, tiny: tuple[str, ...]
) -> None:
    with pytest.raises(InputError, match=message):
        invoke("fit", "small", *tiny, *options, "--out", tmp_path / "new")


def test_another_environment_is_a_usage_error(invoke: Any) -> None:
    assert invoke("fit", "CartPole-v1").exit_code == 2
