from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from steelyard.errors import InputError
from steelyard.study.imports._base import Imported
from steelyard.study.imports.source import read_source

FRAME = pl.DataFrame({"norm": ["a", "a", "b", "b"], "seed": [0, 1, 0, 1], "loss": [0.5, 0.6, 0.4, 0.5]})


def read(source: Path | str, **options: Any) -> Imported:
    return read_source(str(source), **{"factor": "norm", "seed": "seed", "metric": "loss", **options})


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_tables_of_every_format(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"runs{suffix}"
    write = {".csv": FRAME.write_csv, ".parquet": FRAME.write_parquet, ".jsonl": FRAME.write_ndjson}
    write[suffix](path)
    found = read(path)
    assert found.frame.equals(FRAME)
    assert (found.kind, found.source) == ("table", f"{path} (4 rows)")


def test_folders_are_recognised(tmp_path: Path, write_run: Callable[..., Path]) -> None:
    write_run("a_seed0", [1.0], tag="loss")
    assert read(tmp_path / "logs").kind == "tensorboard"
    assert read(f"tensorboard:{tmp_path / 'logs'}").kind == "tensorboard"
    (file,) = (tmp_path / "logs" / "a_seed0").iterdir()
    with pytest.raises(InputError, match="is one event file; name the folder"):
        read(file)


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("nowhere.csv", {}, "nowhere.csv"),
        (".", {}, "neither experiments nor event files"),
        ("project", {}, "did you mean project/mlruns"),
        ("tensorboard:nowhere", {}, "is not a folder"),
        ("runs.csv", {"take": "max"}, "--take"),
        ("runs.csv", {"pattern": "{norm}"}, "--pattern"),
        ("mlflow:runs", {"pattern": "{norm}"}, "--pattern"),
        ("other.db", {}, "suffix"),
    ],
)
def test_what_is_no_source_is_said(
    source: str, options: dict[str, Any], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "project" / "mlruns").mkdir(parents=True)
    FRAME.write_csv(tmp_path / "runs.csv")
    with closing(sqlite3.connect(tmp_path / "other.db")) as database:
        database.execute("CREATE TABLE mine (x)")
    with pytest.raises(InputError, match=message):
        read(source, **options)


def test_conditions_choose_the_experiments_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def remember(uri: str, **options: Any) -> Imported:
        asked.update(options, uri=uri)
        return Imported(frame=FRAME, kind="mlflow", source=uri)

    monkeypatch.setattr("steelyard.study.imports.source.read_mlflow", remember)
    read("mlflow:http://server", where=["experiment = norms", "lr=0.1"])
    assert (asked["uri"], asked["experiments"]) == ("http://server", ["norms"])
