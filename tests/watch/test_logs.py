"""Logs: tables, a Trainer's state and TensorBoard give the same curves; what can't be read is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.watch.logs import watch_log

FALLING = [
    round(float(v), 5)
    for v in 0.2 + np.exp(-np.arange(80) / 20) + 0.01 * np.random.default_rng(0).standard_normal(80)
]


def codes(path: Path, **options: object) -> list[str]:
    return [each.code for each in watch_log(path, **options).findings]  # type: ignore[arg-type]


def table(folder: Path, losses: list[float], name: str = "loss", extra: str = "", tail: str = "") -> Path:
    path = folder / "log.csv"
    path.write_text(f"step,{name}{extra}\n" + "\n".join(f"{i},{loss}{tail}" for i, loss in enumerate(losses)))
    return path


def test_a_curve_that_falls_is_healthy(tmp_path: Path) -> None:
    report = watch_log(table(tmp_path, FALLING), baseline=1.2)
    assert report.findings == ()
    assert report.learnt[0].skill is not None
    assert report.learnt[0].skill.learning == "better"


def test_no_better_than_the_baseline(tmp_path: Path) -> None:
    flat = [0.693 + 0.002 * (-1) ** i for i in range(80)]
    assert codes(table(tmp_path, flat), baseline=0.693) == ["M01", "G05"]
    assert codes(table(tmp_path, flat)) == ["G05"]
    assert codes(table(tmp_path, flat), baseline=0.693, mute=["M01"]) == ["G05"]


def test_nan_and_divergence(tmp_path: Path) -> None:
    assert "G01" in codes(table(tmp_path, [*FALLING, float("nan")]))
    assert "G04" in codes(table(tmp_path, [*FALLING, *[0.3 * 1.1**i for i in range(40)]]))


def test_a_schedule_that_ended_early(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    rows = [f"{i},{loss},{0.1 if i < 30 else 0}" for i, loss in enumerate(FALLING)]
    path.write_text("step,loss,lr\n" + "\n".join(rows))
    assert codes(path) == ["G07"]


def test_a_trainers_state(tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    history: list[dict[str, float]] = [
        {"step": i, "loss": loss, "learning_rate": 1e-3} for i, loss in enumerate(FALLING)
    ]
    history += [{"step": i, "eval_loss": 0.3 if i < 30 else 0.3 + i / 100} for i in range(0, 80, 8)]
    path.write_text(json.dumps({"log_history": history}))
    report = watch_log(path)
    assert [(each.code, each.severity) for each in report.findings] == [("G06", "info")]


def test_tensorboard(tmp_path: Path) -> None:
    writer = pytest.importorskip("tensorboard.summary").Writer(str(tmp_path / "run"))
    for step, loss in enumerate(FALLING):
        writer.add_scalar("train/loss", loss, step)
    writer.close()
    report = watch_log(tmp_path / "run", baseline=1.2)
    assert report.looks == 80
    assert report.learnt[0].head == "train/loss"


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("step,accuracy\n0,1\n", {}, "a log must have a loss, but none of step, accuracy is named like one"),
        (
            "step,loss\n0,1\n",
            {"loss": "los"},
            "--loss must be one of step, loss, but got 'los'; did you mean 'loss'",
        ),
        ("step,loss\n0,low\n", {}, "a log must have a loss, but none of step"),
        ("step,loss\n0,1\n", {"step": "batch"}, "--step must be one of step, loss, but got 'batch'"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, content: str, options: dict[str, str], message: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        watch_log(path, **options)  # type: ignore[arg-type]


def test_json_that_is_no_log_and_empty_folders_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{}")
    with pytest.raises(InputError, match="must be a Trainer's state"):
        watch_log(path)
    path.write_text("{")
    with pytest.raises(InputError, match="must be readable JSON"):
        watch_log(path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="has none; name the run's folder"):
        watch_log(tmp_path / "empty")
