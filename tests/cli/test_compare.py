from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from scipy import stats
from typer.testing import CliRunner

from steelyard.cli.compare import compare_command
from steelyard.errors import InputError

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(compare_command)

RUNS = "norm,seed,loss\n" + "".join(
    f"{norm},{seed},{base + 0.01 * seed + extra * (seed % 3)}\n"
    for norm, base, extra in (("none", 0.5, 0), ("layer", 0.4, 0.004), ("batch", 0.498, 0.002))
    for seed in range(6)
)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    path = tmp_path / "runs.csv"
    path.write_text(RUNS)
    return path


def compare(path: Path, *options: str, margin: str = "0.02") -> Any:
    names = ["--factor", "norm", "--seed", "seed", "--metric", "loss", "--margin", margin]
    done = CliRunner().invoke(app, [str(path), *names, *options])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_json_has_the_promised_keys_and_the_textbook_numbers(runs: Path) -> None:
    said = json.loads(compare(runs, "--lower-is-better", "--json"))
    layer, batch = said["contrasts"]
    assert {
        "reference",
        "level",
        "estimate",
        "interval",
        "margin",
        "decision",
        "pairs",
        "pairs_needed",
        "failed",
        "warnings",
    } <= set(layer)
    assert (layer["reference"], layer["level"], layer["decision"], batch["decision"]) == (
        "none",
        "layer",
        "better",
        "equivalent",
    )
    differences = [-0.1 + 0.004 * (seed % 3) for seed in range(6)]
    expected = stats.ttest_1samp(differences, 0).confidence_interval(1 - 0.05 / 2)  # two contrasts share 5%
    assert layer["interval"] == pytest.approx([expected.low, expected.high])
    assert (layer["pairs"], layer["pairs_needed"], layer["failed"]) == (6, 0, 0)


def test_one_contrast_has_the_plain_paired_t_interval(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("\n".join(line for line in RUNS.splitlines() if not line.startswith("batch")))
    [contrast] = json.loads(compare(path, "--json"))["contrasts"]
    differences = [-0.1 + 0.004 * (seed % 3) for seed in range(6)]
    expected = stats.ttest_1samp(differences, 0).confidence_interval(0.95)
    assert contrast["interval"] == pytest.approx([expected.low, expected.high])
    assert contrast["decision"] == "worse"  # higher is better unless said otherwise


def test_two_pairs_are_answered_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("norm,seed,loss\na,0,1\na,1,2\nb,0,1.5\nb,1,2.1\n")
    [contrast] = json.loads(compare(path, "--json"))["contrasts"]
    assert contrast["decision"] == "undecided"
    assert contrast["pairs_needed"] > 0
    assert any("2 pairs" in warning for warning in contrast["warnings"])


def test_planned_and_unplanned_looks_widen_the_interval(runs: Path) -> None:
    def width(*options: str) -> float:
        low, high = json.loads(compare(runs, "--json", *options))["contrasts"][0]["interval"]
        return float(high - low)

    assert width() < width("--looks", "6,12") < width("--anytime")


def test_missing_runs_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text(RUNS.replace("layer,0,0.4\n", "layer,0,\n").replace("none,5,0.55\n", ""))
    layer, _ = json.loads(compare(path, "--json"))["contrasts"]
    assert layer["failed"] == 1
    assert layer["pairs"] == 4
    assert any("no run of none" in warning for warning in layer["warnings"])


def test_the_table_says_it_in_words(runs: Path) -> None:
    said = " ".join(compare(runs, "--lower-is-better").split())
    assert "layer is better than none" in said
    assert "lower is better" in said


@pytest.mark.parametrize(
    ("options", "margin", "says"),
    [
        ((), "0", "--margin"),
        ((), "nan", "--margin"),
        (("--alpha", "0.9"), "1", "--alpha"),
        (("--looks", "5"), "1", "6 seeds"),
        (("--looks", "9,3"), "1", "increasing"),
        (("--looks", "5,ten"), "1", "increasing"),
        (("--looks", "6", "--anytime"), "1", "together"),
        (("--where", "norm"), "1", "COLUMN=VALUE"),
    ],
)
def test_bad_options_are_refused(options: tuple[str, ...], margin: str, says: str, runs: Path) -> None:
    with pytest.raises(InputError, match=says):
        compare(runs, *options, margin=margin)


def test_without_a_finished_pair_there_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    path.write_text("norm,seed,loss\na,0,nan\na,1,2\nb,0,1.5\nb,1,nan\n")
    with pytest.raises(InputError, match="at least 2 seeds must have a finished run"):
        compare(path)
