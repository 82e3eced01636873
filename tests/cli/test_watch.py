from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from steelyard.cli.main import app


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text("step,loss\n" + "\n".join(f"{i},{0.69 if i < 50 else 'nan'}" for i in range(60)))
    return path


def test_text_json_and_exit_codes(log: Path) -> None:
    runner = CliRunner()
    plain = runner.invoke(app, ["watch", str(log)])
    assert plain.exit_code == 0
    assert "G01 not-finite" in plain.output
    assert runner.invoke(app, ["watch", str(log), "--fail-on", "error"]).exit_code == 1
    assert runner.invoke(app, ["watch", str(log), "--fail-on", "error", "--mute", "G01"]).exit_code == 0
    asked = json.loads(runner.invoke(app, ["watch", str(log), "--json", "--baseline", "0.693"]).output)
    assert asked["findings"][0]["code"] == "G01"
    assert asked["counts"]["error"] == 0
