from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from scipy import stats
from typer.testing import CliRunner

from steelyard.cli.compare import compare_command
from steelyard.cli.main import main
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
    assert any("no row for none" in warning for warning in layer["warnings"])


def test_the_table_says_it_in_words(runs: Path) -> None:
    said = " ".join(compare(runs, "--lower-is-better").split())
    assert "layer is better than none" in said
    assert "lower is better" in said


def test_every_promise_of_the_header_is_kept(runs: Path) -> None:
    said = json.loads(compare(runs, "--json"))
    expected = {
        "metric": "loss",
        "direction": "higher",
        "margin": 0.02,
        "factor": "norm",
        "seed": "seed",
        "reference": "none",
        "levels": ["none", "layer", "batch"],
        "family": 2,
        "source": f"{runs} (18 rows)",
    }
    assert {key: said[key] for key in expected} == expected
    assert all("--lower-is-better" in contrast["warnings"][0] for contrast in said["contrasts"])


def test_reference_and_where(runs: Path) -> None:
    said = json.loads(
        compare(runs, "--json", "--reference", "batch", "--where", "norm=batch", "--where", "norm=none")
    )
    assert [(each["reference"], each["level"]) for each in said["contrasts"]] == [("batch", "none")]
    assert not any("the first level found" in note for note in said["notes"])


def test_a_report_is_written_and_named(runs: Path, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "report.html"
    said = json.loads(compare(runs, "--json", "--report", str(path)))
    assert said["report"] == str(path)
    assert "Does norm matter for loss?" in path.read_text(encoding="utf-8")
    assert "Report:" in compare(runs, "--report", str(path))


def test_an_unwritable_report_is_said_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be a file"):
        compare(tmp_path / "nowhere.csv", "--report", str(tmp_path))


def test_tensorboard_folders_end_to_end(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    for norm, base in (("none", 0.5), ("layer", 0.25)):
        for seed in range(3):
            writer = EventFileWriter(str(tmp_path / f"{norm}-{seed}"))
            value = Summary.Value(tag="loss", simple_value=base + 0.01 * seed**2 * (norm == "none"))
            writer.add_event(
                Event(step=1, wall_time=100.0 * (norm == "layer") + seed, summary=Summary(value=[value]))
            )
            writer.close()
    said = json.loads(compare(tmp_path, "--json", "--lower-is-better", "--pattern", "{norm}-{seed}"))
    [contrast] = said["contrasts"]
    assert (contrast["reference"], contrast["decision"], contrast["pairs"]) == ("none", "better", 3)


@pytest.mark.filterwarnings("ignore")
def test_mlflow_stores_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mlflow")
    from mlflow import MlflowClient

    monkeypatch.chdir(tmp_path)
    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    for norm, base in (("none", 0.5), ("layer", 0.25)):
        for seed in range(8):
            run = client.create_run("0").info.run_id
            client.log_param(run, "norm", norm)
            client.log_param(run, "seed", seed)
            client.log_metric(run, "loss", base + 0.01 * seed)
            client.set_terminated(run, status="FAILED" if norm == "layer" else "FINISHED")
    said = json.loads(compare(tmp_path / "mlflow.db", "--json", "--lower-is-better"))
    [contrast] = said["contrasts"]
    assert (contrast["decision"], contrast["failed"], contrast["pairs"]) == ("worse", 8, 0)


@pytest.mark.parametrize(
    ("options", "margin", "says"),
    [
        ((), "0", "margin must be a positive number"),
        ((), "nan", "margin must be a positive number"),
        (("--alpha", "0.9"), "1", "alpha must lie between"),
        (("--looks", "5"), "1", "there are 6 pairs"),
        (("--looks", "9,3"), "1", "increase"),
        (("--looks", "5,ten"), "1", "--looks"),
        (("--looks", "6", "--anytime"), "1", "choose one"),
        (("--where", "norm"), "1", "column=value"),
        (("--take", "max"), "1", "--take"),
        (("--ignore", "nrm"), "1", "--ignore"),
    ],
)
def test_bad_options_are_refused(options: tuple[str, ...], margin: str, says: str, runs: Path) -> None:
    with pytest.raises(InputError, match=says):
        compare(runs, *options, margin=margin)


def test_a_margin_is_asked_for_and_explained(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["--factor", "norm", "--seed", "seed", "--metric", "loss"]
    monkeypatch.setattr("sys.argv", ["steelyard", "compare", str(runs), *names])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(
        "error: --margin must be given: the smallest difference in loss that would change what"
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("norm,seed,loss\n", "no row"),
        ("norm;seed;loss\na;0;1\n", "separated by ';'"),
        ("norm,seed,loss\na,0,1\na,0,2\nb,0,1\n", "one row a `seed`"),
        ("norm,seed,loss\na,0,1\na,1,2\n", "at least 2 levels"),
        ("norm,seed,loss\na,0,1\nb,0,2\n", "only seed 0"),
        ("norm,seed,loss,lr\na,0,1,1\na,1,2,1\nb,0,2,2\nb,1,2,2\n", "--ignore lr"),
    ],
)
def test_files_without_an_answer(content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=says):
        compare(path)


def test_a_byte_order_mark_and_blanks_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("\ufeffnorm, seed , loss\n a, 0, 1\na , 1, 2\nb, 0 , 1.5\nb,1, 2.6 \n", encoding="utf-8")
    [contrast] = json.loads(compare(path, "--json"))["contrasts"]
    assert (contrast["reference"], contrast["pairs"], contrast["seeds"]) == ("a", 2, [0, 1])


def test_without_a_finished_pair_there_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    path.write_text("norm,seed,loss\na,0,nan\na,1,2\nb,0,1.5\nb,1,nan\n")
    with pytest.raises(InputError, match="at least 2 seeds must have finished on both sides"):
        compare(path)
