"""Telling what a source is, and reading it: a table's file, an MLflow store, a folder of TensorBoard runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from steelyard.data.table import read_table
from steelyard.errors import InputError
from steelyard.study.imports._base import Imported, Take, count
from steelyard.study.imports.event_files import event_folders
from steelyard.study.imports.mlflow import EXPERIMENT, is_mlflow_database, is_mlflow_folder, read_mlflow
from steelyard.study.imports.tensorboard import read_tensorboard

_MLFLOW, _TENSORBOARD = "mlflow:", "tensorboard:"


def read_source(
    source: str,
    *,
    factor: str,
    seed: str,
    metric: str,
    take: Take | None = None,
    pattern: str | None = None,
    where: Sequence[str] = (),
) -> Imported:
    """Return the results at a source, one row a trial.

    Args:
        source: a table's file, `mlflow:URI`, an `mlruns` folder or MLflow's SQLite file, `tensorboard:FOLDER`, or a folder
            of TensorBoard runs.
        factor: what will be the factor.
        seed: what will be the seed.
        metric: what will be the metric.
        take: which of a run's logged values stands for it; default the last; for MLflow and TensorBoard.
        pattern: how run folders are named, e.g. `{norm}_seed{seed}`; for TensorBoard.
        where: conditions; those on `experiment` choose what is read from MLflow.

    Raises:
        InputError: no such source, one that isn't any of these, or options that it has no use for.
        MissingExtraError: the package that reads it isn't installed.
    """
    if source.startswith(_MLFLOW):
        kind, place = "mlflow", source.removeprefix(_MLFLOW)
    elif source.startswith(_TENSORBOARD):
        kind, place = "tensorboard", source.removeprefix(_TENSORBOARD)
    else:
        kind, place = _kind(Path(source)), source
    if pattern is not None and kind != "tensorboard":
        raise InputError(
            f"--pattern reads names of TensorBoard folders, but {source} is not one; leave --pattern out"
        )
    if take is not None and kind == "table":
        raise InputError(
            "--take chooses among a run's logged values, but a table has one row a trial; leave --take out, or keep one "
            "row a trial with --where"
        )
    if kind == "mlflow":
        chosen = [
            value for name, _, value in (each.partition("=") for each in where) if name.strip() == EXPERIMENT
        ]
        return read_mlflow(
            place,
            metric=metric,
            factor=factor,
            seed=seed,
            take=take or "last",
            experiments=[each.strip() for each in chosen],
        )
    if kind == "tensorboard":
        return read_tensorboard(
            _folder(place), metric=metric, factor=factor, seed=seed, take=take or "last", pattern=pattern
        )
    frame = read_table(place)
    return Imported(frame=frame, kind="table", source=f"{place} ({count(frame.height, 'row')})")


def _kind(path: Path) -> str:
    """Say what is at a path that has no prefix."""
    if path.is_dir():
        if is_mlflow_folder(path):
            return "mlflow"
        if next(event_folders(path), None) is not None:
            return "tensorboard"
        inside = next((each for each in (path / "mlruns", path / "mlflow.db") if each.exists()), None)
        raise InputError(
            f"a source must be a table's file, an MLflow store or a folder of TensorBoard runs, but the folder {path} holds "
            f"neither experiments nor event files; {f'did you mean {inside}?' if inside else 'name the file in it'}"
        )
    if "tfevents" in path.name and path.exists():
        raise InputError(
            f"a TensorBoard source must be the folder of the runs, but {path} is one event file; name the folder"
        )
    if path.suffix in {".db", ".sqlite", ".sqlite3"} and is_mlflow_database(path):
        return "mlflow"
    return "table"


def _folder(place: str) -> Path:
    path = Path(place)
    if not path.is_dir():
        raise InputError(
            f"a TensorBoard source must be a folder of runs, but {path} is not a folder; check the path"
        )
    return path
