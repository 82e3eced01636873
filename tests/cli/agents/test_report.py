from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from steelyard.agents import SMALL, Rules
from steelyard.agents.agent import Agent
from steelyard.cli.agents.report import PAGE, command_of
from steelyard.cli.agents.source import LOOKS
from steelyard.errors import InputError


def test_the_page_is_that_which_fit_wrote(fitted: tuple[Path, Result], tmp_path: Path, invoke: Any) -> None:
    done = invoke("report", fitted[0], "--out", tmp_path / "agent.html")
    assert done.exit_code == 0
    assert "".join(done.stdout.split()).endswith("agent.html")
    page = (tmp_path / "agent.html").read_text(encoding="utf-8")
    assert page == (fitted[0] / PAGE).read_text(encoding="utf-8")
    assert "steelyard agents fit small --steps 576 --width 8 --environments 16" in page


def test_fit_writes_the_page_where_it_is_told_and_its_command_trains_the_same_weights(
    tmp_path: Path, invoke: Any, invoke_json: Any
) -> None:
    sizes = ("--steps", "300", "--environments", "16", "--width", "8")
    options = ("--latents", "centre", "--learning-rate", "0.004", "--algorithm", "a2c", "--seed", "3")
    page = tmp_path / "pages" / "agent.html"
    said = invoke_json("fit", "small", *sizes, *options, "--out", tmp_path / "one", "--report", page)
    assert said["report"] == str(page)
    assert not (tmp_path / "one" / PAGE).exists()
    command = command_of(Agent.load(tmp_path / "one"))
    assert command in page.read_text(encoding="utf-8")
    program, group, *arguments = shlex.split(command)
    assert (program, group) == ("steelyard", "agents")
    assert invoke(*arguments, "--out", tmp_path / "other").exit_code == 0
    weights = [(tmp_path / name / "weights.safetensors").read_bytes() for name in ("one", "other")]
    assert weights[0] == weights[1]


def test_no_command_for_what_no_option_sets() -> None:
    given = {"width": 8, "environments": 4, "rollout": 4}
    assert command_of(Agent(SMALL, **given).fit(steps=1)) == ""
    other = Rules(values=(1.0,), capacity=2, horizon=3)
    assert command_of(Agent(other, width=8, environments=4).fit(steps=1)) == ""


def test_without_looks_there_is_a_page_and_with_broken_ones_a_message(
    fitted: tuple[Path, Result], tmp_path: Path, invoke: Any
) -> None:
    folder = tmp_path / "agent"
    shutil.copytree(fitted[0], folder)
    (folder / LOOKS).unlink()
    invoke("report", folder)
    assert "There are no charts over time" in (folder / PAGE).read_text(encoding="utf-8")
    for text, message in (("{", "reading it failed"), ("{}", "must hold a list"), ("[3]", "`looks` must be")):
        (folder / LOOKS).write_text(text)
        with pytest.raises(InputError, match=message):
            invoke("report", folder)


def test_a_page_that_can_not_be_written_is_told_before_the_training(
    tmp_path: Path, invoke: Any, tiny: tuple[str, ...]
) -> None:
    with pytest.raises(InputError, match="must be a file"):
        invoke("fit", "small", *tiny, "--out", tmp_path / "agent", "--report", tmp_path)
    assert not list((tmp_path / "agent").iterdir())
