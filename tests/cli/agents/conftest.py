"""An agent fitted for a moment through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from steelyard.cli.agents import app
from steelyard.errors import SteelyardError

TINY = ("--steps", "400", "--environments", "16", "--width", "8")
"""Three updates."""


def _invoke(*arguments: str | Path) -> Result:
    """Run a command; input errors are raised, as `main` catches them."""
    done = CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "120", "NO_COLOR": "1"})
    if isinstance(done.exception, SteelyardError):
        raise done.exception
    return done


def _invoke_json(*arguments: str | Path) -> dict[str, Any]:
    done = _invoke(*arguments, "--json")
    assert done.exit_code == 0, done.output
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Return the folder of an agent, and what fitting it said."""
    folder = tmp_path_factory.mktemp("fitted") / "small"
    done = _invoke("fit", "small", *TINY, "--out", folder)
    assert done.exit_code == 0, done.output
    return folder, done


@pytest.fixture
def invoke() -> Callable[..., Result]:
    return _invoke


@pytest.fixture
def invoke_json() -> Callable[..., dict[str, Any]]:
    return _invoke_json


@pytest.fixture
def tiny() -> tuple[str, ...]:
    return TINY
