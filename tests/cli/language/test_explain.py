from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from steelyard.errors import InputError


def test_every_token_its_cost_and_the_mean_among_the_baselines(
    fitted: tuple[Path, Result], invoke: Any, invoke_json: Any
) -> None:
    said = invoke_json("explain", fitted[0], "the cat?", "--count", "3")
    assert [token["text"] for token in said["tokens"]] == list("the cat?")
    assert not said["tokens"][-1]["known"]
    mean = sum(token["nats"] for token in said["tokens"]) / 8
    assert said["nats_per_token"] == pytest.approx(mean)
    assert {"uniform", "unigram", "this model"} <= said["held_out"].keys()
    printed = invoke("explain", fitted[0], "the cat?").stdout
    assert "8 characters cost" in printed
    assert "This mean is the loss." in printed
    assert "? (unknown)" in printed
    assert "On the held-out text of its training" in printed


def test_a_model_without_a_story(fitted: tuple[Path, Result], tmp_path: Path, invoke_json: Any) -> None:
    for name in ("language.json", "weights.safetensors"):
        shutil.copy(fitted[0] / name, tmp_path / name)
    assert invoke_json("explain", tmp_path, "the cat")["held_out"] == {}
    (tmp_path / "story.json").write_text('{"yardsticks": 3}')
    assert invoke_json("explain", tmp_path, "the cat")["held_out"] == {}


def test_standard_input_and_nothing(fitted: tuple[Path, Result], invoke_json: Any) -> None:
    assert len(invoke_json("explain", fitted[0], "-", given=b"mat")["tokens"]) == 3
    with pytest.raises(InputError, match="holds none"):
        invoke_json("explain", fitted[0], "")
