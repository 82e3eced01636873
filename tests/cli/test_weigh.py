from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from steelyard.cli.weigh import weigh_command
from steelyard.errors import InputError
from steelyard.weigh.losses import LOSSES

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(weigh_command)


def weigh(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "100", "NO_COLOR": "1"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def weigh_json(*arguments: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(weigh(*arguments, "--json"))
    return said


@pytest.fixture
def targets(tmp_path: Path) -> Path:
    path = tmp_path / "targets.csv"
    path.write_text(
        "day,y,kind\n" + "".join(f"{day},{int(day % 20 == 0)},k{day % 3}\n" for day in range(200))
    )
    return path


def test_the_example_of_the_help() -> None:
    lines = weigh("--loss", "bce", "--value", "0.5", "--base-rate", "0.05").splitlines()
    assert lines[0] == (
        "0.500 nats is 2.5 times the entropy of a 5% base rate (0.199): worse than always predicting the base rate"
    )
    rows = [line.split() for line in lines]
    assert ["bce", "nats", "bits", "perplexity", "skill", "what", "it", "is"] in rows
    names = [" ".join(row[:2]) for row in rows]
    assert names.index("this value") < names.index("base rate")
    assert ["this", "value", "0.5000", "0.7213", "1.649", "-152%", "worse"] in rows


def test_json() -> None:
    said = weigh_json("--loss", "bce", "--value", "0.5", "--base-rate", "0.05")
    assert said["conversions"] == {"bits": 0.5 / math.log(2), "perplexity": math.exp(0.5)}
    assert said["skill"] == pytest.approx(-1.5187, abs=1e-4)
    assert said["standing"] == "worse"


def test_without_a_value_only_the_reference_points() -> None:
    shown = weigh("--loss", "cross-entropy", "--classes", "10")
    assert "uniform" in shown
    assert "this value" not in shown
    assert weigh_json("--loss", "cross-entropy", "--classes", "10")["value"] is None


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_targets_from_a_file(targets: Path, suffix: str) -> None:
    path = targets.with_suffix(f".{suffix}")
    frame = pl.read_csv(targets)
    if suffix == "parquet":
        frame.write_parquet(path)
    elif suffix == "jsonl":
        frame.write_ndjson(path)
    said = weigh_json("--loss", "bce", "--value", "0.5", "--targets", str(path), "--column", "y")
    assert said["targets"] == 200
    assert said["baseline"]["value"] == pytest.approx(0.1985, abs=1e-4)


def test_every_loss_from_a_file(targets: Path) -> None:
    for loss in LOSSES:
        assert weigh("--loss", loss, "--value", "0.4", "--targets", str(targets), "--column", "y").startswith(
            "0.400"
        )


def test_classes_from_a_file(targets: Path) -> None:
    said = weigh_json("--loss", "cross-entropy", "--targets", str(targets), "--column", "kind")
    assert said["baseline"]["value"] == pytest.approx(math.log(3), abs=1e-3)


def test_a_single_column_need_not_be_named(tmp_path: Path) -> None:
    path = tmp_path / "y.csv"
    path.write_text("y\n1\n2\n4\n")
    shown = weigh("--loss", "mse", "--value", "1", "--targets", str(path), "--ordered")
    assert "persistence" in shown
    assert "bits" not in shown


def test_other_options() -> None:
    bits = weigh_json(
        "--loss", "cross-entropy", "--value", "2", "--unit", "bits", "--frequencies", "0.5,0.25,0.25"
    )
    assert bits["value"] == pytest.approx(2 * math.log(2))
    smooth = weigh_json("--loss", "cross-entropy", "--classes", "10", "--smoothing", "0.1")
    assert smooth["floor"]["value"] == pytest.approx(0.5003, abs=1e-4)
    sampled = weigh_json("--loss", "brier", "--base-rate", "0.1", "--n", "50")
    assert sampled["baseline_interval"][0] < 0.09 < sampled["baseline_interval"][1]


def test_infinity_is_json() -> None:
    assert weigh_json("--loss", "bce", "--value", "inf", "--base-rate", "0.05")["value"] is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--loss", "hinge", "--value", "1"], "must be one of"),
        (["--loss", "bce", "--value", "nan", "--base-rate", "0.05"], "nan"),
        (["--loss", "bce", "--value", "0.5"], "`base_rate`"),
        (["--loss", "bce", "--value", "0.5", "--base-rate", "5"], "0.05"),
        (["--loss", "bce", "--value", "0.5", "--base-rate", "0.1", "--unit", "bytes"], "--unit"),
        (["--loss", "mse", "--value", "0.5", "--column", "y"], "--targets"),
        (["--loss", "cross-entropy", "--frequencies", "a,b"], "--frequencies"),
        (["--loss", "mse", "--targets", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_bad_input(arguments: list[str], says: str) -> None:
    with pytest.raises(InputError) as caught:
        weigh(*arguments)
    assert says in str(caught.value)


@pytest.mark.parametrize("column", [["--column", "z"], []])
def test_a_column_that_is_not_there(targets: Path, column: list[str]) -> None:
    with pytest.raises(InputError, match="day, y, kind"):
        weigh("--loss", "mse", "--targets", str(targets), *column)
