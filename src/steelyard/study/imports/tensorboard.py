"""TensorBoard folders as a table: one row a run, its metric the last (or best) logged value."""

from __future__ import annotations

import logging
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, assert_never

import polars as pl

from steelyard.errors import InputError, MissingExtraError
from steelyard.study.imports._base import Imported, Take, count, some
from steelyard.study.imports.columns import closest
from steelyard.study.imports.run_names import compile_pattern, key_values

RUN = "run"
"""The column with the run's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What one folder's event files hold: hyperparameters, the metric's series, and the other tags."""

    name: str
    hparams: Mapping[str, str | float | bool] = field(default_factory=dict)
    steps: tuple[int, ...] = ()
    values: tuple[float, ...] = ()
    tags: tuple[str, ...] = ()


def read_tensorboard(
    folder: Path, *, metric: str, factor: str, seed: str, take: Take = "last", pattern: str | None = None
) -> Imported:
    """Return the runs of a TensorBoard folder, one row each.

    A run is a folder with event files. Its columns are `run` (its path), what its name says (`pattern`'s fields, or
    `key=value` parts) and its hyperparameters (those of its only subfolder that has any count as its own, since that is
    where PyTorch's `add_hparams` writes them).

    Args:
        folder: the folder of runs.
        metric: a scalar's tag.
        factor: which column will be the factor; a run without it is left out.
        seed: which column will be the seed; a run without it is left out.
        take: which of the logged values stands for the run; by step, not by time.
        pattern: how run names are built, e.g. `{norm}_seed{seed}`; runs whose names differ are left out.

    Raises:
        InputError: no event files, no run with the metric, or nothing that gives factor and seed.
        MissingExtraError: TensorBoard isn't installed.
    """
    expression = None if pattern is None else compile_pattern(pattern)
    folders = sorted(event_folders(folder), key=_natural)
    if not folders:
        raise InputError(
            f"a TensorBoard source must be a folder of runs, but {folder} has no event file (events.out.tfevents.*) in it"
        )
    notes: list[str] = []
    runs = [_read_run(each, name=each.relative_to(folder).as_posix(), metric=metric) for each in folders]
    runs = _with_hparams_of_subfolders(runs)
    if expression is not None:
        unlike = [run.name for run in runs if not expression.fullmatch(run.name)]
        runs = [run for run in runs if expression.fullmatch(run.name)]
        if not runs:
            raise InputError(
                f"--pattern must fit the runs' names, but {pattern!r} fits none of {some(unlike)}; write it for the whole "
                "path below the folder"
            )
        if unlike:
            notes.append(
                f"{count(len(unlike), 'folder')} left out, whose names don't fit the pattern: {some(unlike)}."
            )
    rows = [_row(run, expression) for run in runs]
    rows, runs = _complete(rows, runs, notes, factor=factor, seed=seed)
    _check_metric(runs, metric)
    lasts = {run.steps[-1] for run in runs if run.steps}
    if take == "last" and len(lasts) > 1:
        short = [run.name for run in runs if run.steps and run.steps[-1] < max(lasts)]
        notes.append(
            f"Runs end at different steps: {count(len(short), 'run')} before step {max(lasts)} ({some(short, most=4)}); "
            "their last values were taken as they are."
        )
    frame = pl.DataFrame(
        [{**row, metric: _taken(run, take)} for row, run in zip(rows, runs, strict=True)],
        infer_schema_length=None,
    )
    return Imported(frame=frame, kind="tensorboard", source=str(folder), notes=tuple(notes))


def event_folders(folder: Path) -> Iterator[Path]:
    """Yield every folder below (and the folder itself) that has event files; links are followed, but not in circles."""
    seen: set[str] = set()
    for place, below, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            below.clear()
            continue
        seen.add(real)
        if any("tfevents" in name for name in files):
            yield Path(place)


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.split(r"([0-9]+)", path.as_posix())
    return [(1, int(part), "") if part.isdecimal() and part.isascii() else (0, 0, part) for part in parts]


def _read_run(folder: Path, *, name: str, metric: str) -> _Run:
    try:
        from tensorboard.backend.event_processing.event_accumulator import (  # noqa: PLC0415 - an extra
            SCALARS,
            TENSORS,
            EventAccumulator,
        )
    except ImportError as error:
        raise MissingExtraError(
            "reading TensorBoard folders must have TensorBoard installed; run `pip install 'steelyard[tensorboard]'`"
        ) from error
    with _quiet():
        events = EventAccumulator(str(folder), size_guidance={SCALARS: 0, TENSORS: 0})
        try:
            events.Reload()
        except Exception as error:  # a damaged file may raise whatever the protobuf and record readers do
            raise InputError(
                f"TensorBoard's event files must be readable, but reading {folder} failed: "
                f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
            ) from error
    scalars = _scalars(events, metric)
    return _Run(
        name=name,
        hparams=_hparams(events),
        steps=tuple(step for step, _ in scalars),
        values=tuple(value for _, value in scalars),
        tags=tuple(_scalar_tags(events)),
    )


def _scalar_tags(events: Any) -> list[str]:
    tags = events.Tags()
    tensors = [tag for tag in tags["tensors"] if _plugin(events, tag) == "scalars"]
    return [*tags["scalars"], *tensors]


def _plugin(events: Any, tag: str) -> str:
    return str(events.SummaryMetadata(tag).plugin_data.plugin_name)


def _scalars(events: Any, tag: str) -> list[tuple[int, float]]:
    """Return (step, value) by step; of two values of one step, the one logged later comes later."""
    if tag not in _scalar_tags(events):
        return []
    if tag in events.Tags()["scalars"]:
        found = [(event.step, event.wall_time, float(event.value)) for event in events.Scalars(tag)]
    else:
        from tensorboard.util.tensor_util import make_ndarray  # noqa: PLC0415 - an extra

        tensors = [(event, make_ndarray(event.tensor_proto)) for event in events.Tensors(tag)]
        found = [
            (event.step, event.wall_time, float(array.item())) for event, array in tensors if array.size == 1
        ]
    found.sort(key=lambda each: each[:2])
    return [(step, value) for step, _, value in found]


def _hparams(events: Any) -> dict[str, str | float | bool]:
    """Return the hyperparameters that the HParams plugin's session start holds."""
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData  # noqa: PLC0415 - an extra

    try:
        content = events.PluginTagToContent("hparams")
    except KeyError:
        return {}
    data = HParamsPluginData.FromString(content.get("_hparams_/session_start_info", b""))
    found: dict[str, str | float | bool] = {}
    for name, value in data.session_start_info.hparams.items():
        kind = value.WhichOneof("kind")
        if kind in {"string_value", "number_value", "bool_value"}:
            found[str(name)] = getattr(value, kind)
    return found


def _with_hparams_of_subfolders(runs: Sequence[_Run]) -> list[_Run]:
    """Return the runs with each subfolder that holds only a run's hyperparameters merged into that run."""
    names = {run.name: run for run in runs}
    merged: dict[str, _Run] = {}
    taken: set[str] = set()
    for run in runs:
        below = [
            each
            for each in runs
            if each.hparams and each is not run and Path(each.name).parent.as_posix() == run.name
        ]
        if run.hparams or len(below) != 1 or not run.tags:
            continue
        child = below[0]
        merged[run.name] = _Run(
            name=run.name,
            hparams=child.hparams,
            steps=run.steps or child.steps,
            values=run.values or child.values,
            tags=(*run.tags, *child.tags),
        )
        taken.add(child.name)
    return [merged.get(name, run) for name, run in names.items() if name not in taken]


def _row(run: _Run, expression: re.Pattern[str] | None) -> dict[str, str | float | bool]:
    named: Mapping[str, str] = key_values(run.name)
    if expression is not None and (match := expression.fullmatch(run.name)):
        named = match.groupdict()
    return {RUN: run.name, **run.hparams, **named}


def _complete(
    rows: list[dict[str, Any]], runs: list[_Run], notes: list[str], *, factor: str, seed: str
) -> tuple[list[dict[str, Any]], list[_Run]]:
    """Return the rows that have a factor and a seed, in columns of one type, noting what was left out."""
    known = dict.fromkeys(name for row in rows for name in row)
    for role, wanted in (("--factor", factor), ("--seed", seed)):
        if wanted not in known:
            raise InputError(
                f"{role} must be given by the runs' hyperparameters or names, but none has {wanted!r}; "
                f"{closest(wanted, known)}they have: {some(list(known))}; the first run is named {runs[0].name!r}, and "
                f"--pattern reads names: '{{{factor}}}_seed{{{seed}}}' for one"
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


def _check_metric(runs: Sequence[_Run], metric: str) -> None:
    if any(run.values for run in runs):
        return
    tags = list(dict.fromkeys(tag for run in runs for tag in run.tags))
    raise InputError(
        f"--metric must be a scalar that the runs logged, but none logged {metric!r}; {closest(metric, tags)}"
        f"the scalars are: {some(tags, most=40) or 'none'}"
    )


def _taken(run: _Run, take: Take) -> float | None:
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


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep TensorBoard's own log (truncated files, restarts) off the terminal."""
    logger = logging.getLogger("tensorboard")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
