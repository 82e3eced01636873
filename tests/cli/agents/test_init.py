from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result


def test_train_is_fit(
    fitted: tuple[Path, Result], tmp_path: Path, invoke: Any, tiny: tuple[str, ...]
) -> None:
    done = invoke("train", "small", *tiny, "--out", tmp_path / "agent")
    assert done.exit_code == 0
    weights = [(folder / "weights.safetensors").read_bytes() for folder in (fitted[0], tmp_path / "agent")]
    assert weights[0] == weights[1]


def test_watch_geometry_is_geometry(fitted: tuple[Path, Result], invoke: Any, invoke_json: Any) -> None:
    names = ("watch-geometry", "geometry")
    one, other = (invoke_json(name, fitted[0], "--bags", "30") for name in names)
    assert one == other


@pytest.mark.parametrize(("name", "other"), [("train", "fit"), ("watch-geometry", "geometry")])
def test_both_names_fail_alike(name: str, other: str, invoke: Any) -> None:
    assert invoke(name, "--nothing").exit_code == invoke(other, "--nothing").exit_code == 2


def test_the_help_says_so_and_lists_each_once(invoke: Any) -> None:
    words = invoke("--help").stdout.split()
    assert "`train` is another name of `fit`, `watch-geometry` of `geometry`." in " ".join(words)
    assert words.count("train") == words.count("watch-geometry") == 0
    assert words.count("fit") == words.count("geometry") == 1
