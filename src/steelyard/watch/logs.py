"""Judge a run by its log alone: curves of losses and of the learning rate, from a table, a Trainer's state or TensorBoard."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from steelyard.errors import InputError
from steelyard.watch.evidence import Curve, Evidence, Head, Updates
from steelyard.watch.judge import check_codes, judge
from steelyard.watch.recording.head import skill_of_curve
from steelyard.watch.report import Report, learnt_of

STEPS = ("step", "global_step", "steps", "iteration", "iter", "batch", "epoch")
LOSSES = (
    "loss",
    "train_loss",
    "train/loss",
    "training_loss",
    "loss/train",
    "train loss",
    "train/total_loss",
    "total_loss",
)
VALIDATION = (
    *("val_loss", "valid_loss", "eval_loss", "validation_loss", "dev_loss", "test_loss"),
    *(
        "val/loss",
        "valid/loss",
        "eval/loss",
        "validation/loss",
        "loss/val",
        "loss/valid",
        "loss/validation",
        "val loss",
    ),
)
RATES = (
    "lr",
    "learning_rate",
    "train/lr",
    "train/learning_rate",
    "lr-adam",
    "lr-adamw",
    "lr-sgd",
    "learning rate",
)


def watch_log(
    path: str | Path,
    *,
    loss: str | None = None,
    validation: str | None = None,
    step: str | None = None,
    baseline: float | None = None,
    mute: Collection[str] = (),
) -> Report:
    r"""Return what a log's curves say: whether the loss is finite, falls, diverges, overfits, and beats a baseline.

    Args:
        path: a table (`.csv`, `.tsv`, `.jsonl`, `.parquet`, ...) with one row a step, a Hugging Face `trainer_state.json`, or a folder with the
            TensorBoard files of one run.
        loss: its column or tag; default: the usual names.
        validation: likewise.
        step: the column of the steps; default: the usual names, else the rows are counted.
        baseline: what a trivial predictor gets; without it nobody knows what the loss means.
        mute: findings to leave out.

    Raises:
        InputError: no such file, no loss in it, a column that isn't there, or values that aren't numbers.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "log.csv"
        ...     _ = file.write_text("step,loss\n" + "\n".join(f"{i},{0.7 if i < 90 else 'nan'}" for i in range(100)))
        ...     report = watch_log(file, baseline=0.693)
        >>> [(each.code, each.step) for each in report.findings]
        [('G01', 90), ('M01', 99), ('G05', 99)]

    When it is wrong: curves can't show faults in wiring or data; most rules are then not applicable, and say what they would take. Each point of
    a curve is counted as 100 examples; where it is a smoothed value, its noise is understated.
    """
    path = Path(path)
    columns = _columns(path, step)
    name = _chosen(columns, loss, LOSSES, role="loss")
    if name is None:
        raise InputError(
            f"a log must have a loss, but none of {', '.join(columns)} is named like one; say which it is with --loss"
        )
    held_out = _chosen(columns, validation, VALIDATION, role="validation")
    rates = _chosen(columns, None, RATES, role="rate")
    curve = columns[name]
    after = float(curve.steps[-1]) * 2 / 3
    validated = None if held_out is None else columns[held_out]
    head = Head(
        name=name,
        curve=curve,
        validation=validated,
        skill=None if baseline is None else skill_of_curve(curve, baseline, after),
        held_out=None
        if baseline is None or validated is None
        else skill_of_curve(validated, baseline, after),
    )
    evidence = Evidence(
        step=int(curve.steps[-1]),
        heads=(head,),
        updates=None if rates is None else _rates(columns[rates]),
        finished=True,
    )
    return Report(
        steps=evidence.step,
        learnt=learnt_of(evidence),
        outcomes=judge(evidence, mute=check_codes(mute)),
        looks=len(curve.steps),
    )


def _columns(path: Path, step: str | None) -> dict[str, Curve]:
    """Return every curve of a log by its name."""
    if path.is_dir():
        return _tensorboard(path)
    if path.suffix == ".json":
        rows: Sequence[Mapping[str, Any]] = _trainer_state(path)
    else:
        from steelyard.data.table import read_table  # noqa: PLC0415 - polars is heavy

        rows = read_table(path).to_dicts()
    names = list(dict.fromkeys(name for row in rows for name in row))
    steps = _named(names, step, STEPS, role="step")
    curves = {}
    for name in names:
        points = [
            (i if steps is None else row.get(steps), row.get(name))
            for i, row in enumerate(rows)
            if row.get(name) is not None
        ]
        numbers = [(_number(at), _number(value)) for at, value in points if at is not None]
        usable = [(at, value) for at, value in numbers if at is not None and value is not None]
        if usable and len(usable) == len(numbers):
            curves[name] = _curve(usable)
    if not curves:
        raise InputError(f"a log must have columns of numbers, but {path} has none ({', '.join(names)})")
    return curves


def _trainer_state(path: Path) -> Sequence[Mapping[str, Any]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{path} must be readable JSON, but {type(error).__name__}: {error}") from error
    rows = found.get("log_history") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not rows:
        raise InputError(
            f"{path} must be a Trainer's state with `log_history`, or a list of objects, but got something else; write JSON Lines (.jsonl)"
        )
    return rows


def _tensorboard(path: Path) -> dict[str, Curve]:
    from steelyard.study.imports.event_files import event_folders, read_run  # noqa: PLC0415

    folders = list(event_folders(path))
    if not folders:
        raise InputError(
            f"a TensorBoard folder must have event files (events.out.tfevents.*), but {path} has none; name the run's folder"
        )
    curves: dict[str, Curve] = {}
    for folder in folders:
        tags = read_run(folder, name=folder.name, metric="").tags
        for tag in tags:
            if tag in curves:
                raise InputError(
                    f"a TensorBoard folder must hold one run, but {path} has {tag!r} in several; name one: "
                    f"{', '.join(str(each) for each in folders[:4])}"
                )
            run = read_run(folder, name=folder.name, metric=tag)
            if run.values:
                curves[tag] = _curve(list(zip(map(float, run.steps), run.values, strict=True)))
    if not curves:
        raise InputError(
            f"a TensorBoard folder must hold scalars, but {path} has none; log the loss as a scalar"
        )
    return curves


def _curve(points: list[tuple[float, float]]) -> Curve:
    ordered = sorted(points, key=lambda each: each[0])
    return Curve(steps=np.array([at for at, _ in ordered]), values=np.array([value for _, value in ordered]))


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _named(names: Collection[str], given: str | None, usual: Sequence[str], *, role: str) -> str | None:
    """Return the name that was given, or the first usual one that there is."""
    if given is not None:
        if given in names:
            return given
        close = get_close_matches(given, names, n=1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        raise InputError(f"--{role} must be one of {', '.join(names)}, but got {given!r}{meant}")
    lower = {name.lower(): name for name in names}
    return next((lower[each] for each in usual if each in lower), None)


def _chosen(
    columns: Mapping[str, Curve], given: str | None, usual: Sequence[str], *, role: str
) -> str | None:
    return _named(list(columns), given, usual, role=role)


def _rates(curve: Curve) -> Updates:
    """Return the learning rate as what is known of updates."""
    empty = np.full((len(curve.steps), 0), math.nan)
    return Updates(
        steps=curve.steps,
        rates=curve.values,
        names=(),
        gradients=empty,
        ratios=empty,
        lost=empty,
        sixteen_bits=(),
        saturated=empty,
    )
