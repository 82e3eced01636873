"""TensorBoard folders as a table: one row a run, its metric the last (or best) logged value."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, assert_never

import polars as pl

from steelyard.errors import InputError
from steelyard.study.imports._base import Imported, Take, count, some
from steelyard.study.imports.columns import closest
from steelyard.study.imports.event_files import EventRun, event_folders, read_run
from steelyard.study.imports.run_names import compile_pattern, key_values, usual_pattern

RUN = "run"
"""The column with the run's folder."""


def read_tensorboard(
    folder: Path, *, metric: str, factor: str, seed: str, take: Take = "last", pattern: str | None = None
) -> Imported:
    """Return the runs of a TensorBoard folder, one row each, in the order in which they were started.

    A run is a folder with event files. Its columns are `run` (its path), what its name says (`pattern`'s fields, or
    `key=value` parts) and its hyperparameters (those of its only subfolder that has any count as its own, since that is
    where PyTorch's `add_hparams` writes them).

    Args:
        folder: the folder of runs.
        metric: a scalar's tag.
        factor: which column will be the factor; a run without it is left out.
        seed: which column will be the seed; a run without it is left out.
        take: which of the logged values stands for the run; by step, not by time.
        pattern: how run names are built, e.g. `{norm}_seed{seed}`; runs whose names differ are left out. Where neither
            hyperparameters nor `key=value` names give factor and seed, names like that are read without being told.

    Raises:
        InputError: no event files, no run with the metric, or nothing that gives factor and seed.
        MissingExtraError: TensorBoard isn't installed.
    """
    expression = None if pattern is None else compile_pattern(pattern)
    folders = list(event_folders(folder))
    if not folders:
        raise InputError(
            f"a TensorBoard source must be a folder of runs, but {folder} has no event file (events.out.tfevents.*) in it"
        )
    runs = [read_run(each, name=each.relative_to(folder).as_posix(), metric=metric) for each in folders]
    runs = _with_hparams_of_subfolders(sorted(runs, key=lambda run: (run.started, run.name)))
    usual = usual_pattern(factor, seed)
    if expression is None and not any({factor, seed} <= _row(run, None).keys() for run in runs):
        readable = factor.isidentifier() and seed.isidentifier() and factor != seed
        guessed = compile_pattern(usual) if readable else None
        expression = guessed if guessed and any(guessed.fullmatch(run.name) for run in runs) else None
    notes: list[str] = []
    if expression is not None:
        runs = _fitting(runs, expression, pattern or usual, notes)
    rows = [_row(run, expression) for run in runs]
    rows, runs = _complete(rows, runs, notes, factor=factor, seed=seed)
    _check_metric(runs, metric)
    notes += _remarks(runs, metric=metric, take=take)
    frame = pl.DataFrame(
        [{**row, metric: _taken(run, take)} for row, run in zip(rows, runs, strict=True)],
        infer_schema_length=None,
    )
    return Imported(frame=frame, kind="tensorboard", source=str(folder), notes=tuple(notes), described=(RUN,))


def _with_hparams_of_subfolders(runs: Sequence[EventRun]) -> list[EventRun]:
    """Return the runs with each subfolder that is the only one to hold a run's hyperparameters merged into that run."""
    names = {run.name for run in runs if run.tags and not run.hparams}
    below: dict[str, list[EventRun]] = {}
    for run in runs:
        parent = PurePosixPath(run.name).parent.as_posix()
        if run.hparams and parent in names and parent != run.name:
            below.setdefault(parent, []).append(run)
    only = {name: each[0] for name, each in below.items() if len(each) == 1}
    taken = {run.name for run in only.values()}
    return [
        _merged(run, only[run.name]) if run.name in only else run for run in runs if run.name not in taken
    ]


def _merged(run: EventRun, child: EventRun) -> EventRun:
    steps, values = (run.steps, run.values) if run.values else (child.steps, child.values)
    return replace(
        run,
        hparams=child.hparams,
        steps=steps,
        values=values,
        tags=(*run.tags, *child.tags),
        damaged=run.damaged or child.damaged,
    )


def _remarks(runs: Sequence[EventRun], *, metric: str, take: Take) -> list[str]:
    """Return what to know about the runs' files: damaged ones, ones without the metric, ones that end early."""
    notes = []
    if damaged := [run.name for run in runs if run.damaged]:
        notes.append(
            f"Event files of {count(len(damaged), 'run')} are damaged or cut short ({some(damaged, most=4)}); what comes "
            "after the damage was not read."
        )
    if without := [run.name for run in runs if not run.values]:
        notes.append(
            f"{count(len(without), 'run')} logged no {metric} and count{'s' * (len(without) == 1)} as failed: "
            f"{some(without, most=4)}."
        )
    ends = {run.steps[-1] for run in runs if run.steps}
    if take == "last" and len(ends) > 1:
        short = [run.name for run in runs if run.steps and run.steps[-1] < max(ends)]
        notes.append(
            f"Runs end at different steps: {count(len(short), 'run')} before step {max(ends)} ({some(short, most=4)}); "
            "their last values were taken as they are."
        )
    return notes


def _fitting(
    runs: Sequence[EventRun], expression: re.Pattern[str], pattern: str, notes: list[str]
) -> list[EventRun]:
    """Return the runs whose names fit the pattern, noting the others."""
    fitting = [run for run in runs if expression.fullmatch(run.name)]
    unlike = [run.name for run in runs if not expression.fullmatch(run.name)]
    if not fitting:
        raise InputError(
            f"--pattern must fit the runs' names, but {pattern!r} fits none of {some(unlike)}; write it for the whole path "
            "below the folder"
        )
    if unlike:
        notes.append(
            f"{count(len(unlike), 'folder')} left out, whose names don't fit {pattern}: {some(unlike, most=4)}."
        )
    return fitting


def _row(run: EventRun, expression: re.Pattern[str] | None) -> dict[str, str | float | bool]:
    named: Mapping[str, str] = key_values(run.name)
    if expression is not None and (match := expression.fullmatch(run.name)):
        named = match.groupdict()
    return {RUN: run.name, **run.hparams, **named}


def _complete(
    rows: list[dict[str, Any]], runs: list[EventRun], notes: list[str], *, factor: str, seed: str
) -> tuple[list[dict[str, Any]], list[EventRun]]:
    """Return the rows that have a factor and a seed, in columns of one type, noting what was left out."""
    known = dict.fromkeys(name for row in rows for name in row)
    for role, wanted in (("--factor", factor), ("--seed", seed)):
        if wanted not in known:
            raise InputError(
                f"{role} must be given by the runs' hyperparameters or names, but none has {wanted!r}; "
                f"{closest(wanted, known)}they have: {some(list(known))}; the first run is named {runs[0].name!r}, and "
                "--pattern says how to read it, e.g. '{norm}_seed{seed}'"
            )
    kept = [i for i, row in enumerate(rows) if factor in row and seed in row]
    if len(kept) < len(rows):
        left = [run.name for i, run in enumerate(runs) if i not in set(kept)]
        notes.append(f"{count(len(left), 'run')} left out, without {factor} or {seed}: {some(left)}.")
    if not kept:
        raise InputError(
            f"at least 2 runs must have both {factor} and {seed}, but none has; check --factor and --seed"
        )
    mixed = {name for name in known if len({type(rows[i][name]) for i in kept if name in rows[i]}) > 1}
    return [
        {name: str(row[name]) if name in mixed and name in row else row.get(name) for name in known}
        for row in (rows[i] for i in kept)
    ], [runs[i] for i in kept]


def _check_metric(runs: Sequence[EventRun], metric: str) -> None:
    if any(run.values for run in runs):
        return
    tags = list(dict.fromkeys(tag for run in runs for tag in run.tags))
    raise InputError(
        f"--metric must be a scalar that the runs logged, but none logged {metric!r}; {closest(metric, tags)}"
        f"the scalars are: {some(tags, most=40) or 'none'}"
    )


def _taken(run: EventRun, take: Take) -> float | None:
    finite = [value for value in run.values if math.isfinite(value)]
    if not finite:
        return None
    match take:
        case "last":
            return run.values[-1]
        case "min":
            return min(finite)
        case "max":
            return max(finite)
        case _:
            assert_never(take)
