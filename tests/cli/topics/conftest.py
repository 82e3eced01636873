"""Two clear topics in a table, and topics fitted on it through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from steelyard.cli.topics import app
from steelyard.errors import SteelyardError

SKY, LAW = ("sun", "moon", "star", "sky"), ("court", "law", "judge", "tax")


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
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("corpus") / "notes.csv"
    rows = [f"n{nth},the {' '.join(rng.choice(SKY if nth < 30 else LAW, 12))}" for nth in range(45)]
    path.write_text("id,text\n" + "\n".join(rows) + "\n")
    return path


@pytest.fixture(scope="session")
def saved(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "topics"
    done = _invoke(
        "fit",
        table,
        "--name-column",
        "id",
        "--k",
        "2",
        "--sweeps",
        "60",
        "--alpha",
        "0.1",
        "--beta",
        "0.1",
        "--out",
        folder,
    )
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def invoke() -> Callable[..., Result]:
    return _invoke


@pytest.fixture
def invoke_json() -> Callable[..., dict[str, Any]]:
    return _invoke_json
