"""A model fitted on a short text through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from steelyard.cli.language import app
from steelyard.errors import SteelyardError

WORDS = ("the", "cat", "sat", "on", "a", "mat", "and", "then", "ran", "home")
SMALL = (
    *("--hidden", "16", "--embedding", "8", "--batch", "4", "--window", "16", "--epochs", "3"),
    *("--learning-rate", "0.02", "--threads", "1"),
)


def _invoke(*arguments: str | Path, given: bytes = b"") -> Result:
    """Run a command; input errors are raised, as `main` catches them."""
    done = CliRunner().invoke(
        app,
        [str(each) for each in arguments],
        input=given,
        env={"COLUMNS": "140", "NO_COLOR": "1"},
    )
    if isinstance(done.exception, SteelyardError):
        raise done.exception
    return done


def _invoke_json(*arguments: str | Path, given: bytes = b"") -> dict[str, Any]:
    done = _invoke(*arguments, "--json", given=given)
    assert done.exit_code == 0, done.output
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.fixture(scope="session")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("texts") / "cats.txt"
    path.write_text(" ".join(rng.choice(WORDS, 400)) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def fitted(text: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Return the folder of a model, and what fitting it said."""
    folder = tmp_path_factory.mktemp("fitted") / "cats"
    done = _invoke("fit", text, *SMALL, "--no-known-source", "--sentence", "the mat ran", "--out", folder)
    assert done.exit_code == 0, done.output
    return folder, done


@pytest.fixture
def invoke() -> Callable[..., Result]:
    return _invoke


@pytest.fixture
def invoke_json() -> Callable[..., dict[str, Any]]:
    return _invoke_json


@pytest.fixture
def small() -> tuple[str, ...]:
    return SMALL
