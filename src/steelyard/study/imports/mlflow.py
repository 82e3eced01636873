"""An MLflow tracking store as a table: one row a run, its metric the last (or best) logged value.

MLflow's own client reads every kind of store. Two things are done so that looking changes nothing: a SQLite store is
copied first (the client may write to what it opens, and creates tables in a database that isn't MLflow's), and the
switch that MLflow asks for before it opens a folder store is set only while it is read.
"""

from __future__ import annotations

import logging
import math
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, assert_never
from urllib.parse import unquote, urlsplit

import polars as pl

from steelyard.errors import InputError, MissingExtraError, SteelyardError
from steelyard.study.imports._base import Imported, Take, count, some
from steelyard.study.imports.columns import closest

EXPERIMENT = "experiment"
_DESCRIBED = ("run", "run_id", "status")
_PAGE = 1000
_TABLES = {"experiments", "runs", "params", "metrics"}


def read_mlflow(
    uri: str,
    *,
    metric: str,
    factor: str,
    seed: str,
    take: Take = "last",
    experiments: Sequence[str] = (),
) -> Imported:
    """Return the runs of an MLflow store, one row each, in the order in which they were started.

    Columns: `experiment`, `run` (its name), `run_id`, `status`, `git_commit` where known, the parameters, the user's own
    tags, and the metric. A run that failed or was killed has no metric, whatever it logged before. A run that is
    still marked as running is left out.

    Args:
        uri: a folder (`mlruns`, `file:...`), `sqlite:///FILE` or a SQLite file, or the `http(s)://` address of a server.
        metric: name of the metric.
        factor: the parameter (or tag) that will be the factor; a run without it is left out.
        seed: the same of the seed.
        take: which of the logged values stands for the run.
        experiments: names of the experiments to read; default all.

    Raises:
        InputError: no such store, one that MLflow can't read, or no run with factor, seed and metric.
        MissingExtraError: MLflow isn't installed.
    """
    with TemporaryDirectory(prefix="steelyard-mlflow-") as scratch, _reading(Path(scratch)) as complaints:
        client_uri = _client_uri(uri, Path(scratch))
        try:
            from mlflow import MlflowClient  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise MissingExtraError(
                "reading an MLflow store must have mlflow-skinny installed; run `pip install 'steelyard[mlflow]'`"
            ) from error
        try:
            client = MlflowClient(tracking_uri=client_uri)
            runs = _runs(client, experiments)
            rows, notes = _rows(client, runs, metric=metric, factor=factor, seed=seed, take=take)
        except SteelyardError:
            raise
        except Exception as error:  # the client lets through what YAML, SQL, HTTP and protobuf readers raise
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            raise InputError(
                f"the MLflow store must be readable, but reading {uri} failed: {reason}"
            ) from error
    if complaints:
        notes.append(
            f"MLflow could not read {count(len(complaints), 'part')} of the store; the first: {complaints[0]}."
        )
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return Imported(frame=frame, kind="mlflow", source=uri, notes=tuple(notes), described=_DESCRIBED)


def is_mlflow_folder(folder: Path) -> bool:
    """Say whether a folder is an MLflow file store: its subfolders are experiments, described by a meta.yaml."""
    try:
        metas = [each / "meta.yaml" for each in folder.iterdir() if not each.name.startswith(".")]
        return any("experiment_id" in meta.read_text("utf-8", "replace") for meta in metas if meta.is_file())
    except OSError:
        return False


def is_mlflow_database(file: Path) -> bool:
    """Say whether a file is an SQLite database with MLflow's tables; it is opened for reading only."""
    try:
        with closing(_open_readonly(file)) as database:
            found = {
                name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
    except (sqlite3.Error, OSError):
        return False
    return found >= _TABLES


def _open_readonly(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _client_uri(uri: str, scratch: Path) -> str:
    """Return the URI to hand to MLflow's client."""
    scheme = urlsplit(uri).scheme
    if scheme in {"http", "https"}:
        if "@" in urlsplit(uri).netloc:
            raise InputError(
                "the address of an MLflow server must hold no password, for it is printed and kept in reports; set "
                "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD instead"
            )
        return uri
    if scheme == "sqlite":
        return _copy(Path(unquote(uri.partition("://")[2].removeprefix("/").partition("?")[0])), scratch)
    if scheme not in {"", "file"}:
        raise InputError(
            f"an MLflow source must be a folder, a SQLite file or the http address of a server, but got {uri!r}; start "
            "`mlflow server` on that store and give its address"
        )
    path = Path(unquote(urlsplit(uri).path) if scheme == "file" else uri)
    if path.is_file():
        return _copy(path, scratch)
    if not path.exists():
        raise InputError(f"the MLflow store must exist, but there is no {path}; check the path")
    if not is_mlflow_folder(path):
        raise InputError(
            f"an MLflow folder must hold experiments (subfolders with a meta.yaml), but {path} has none; name the folder "
            "`mlruns` itself"
        )
    return path.absolute().as_uri()


def _copy(file: Path, scratch: Path) -> str:
    """Copy a SQLite store, whole even while it is being written to, and return the copy's URI."""
    if not is_mlflow_database(file):
        what = "is not a SQLite database with MLflow's tables" if file.exists() else "does not exist"
        raise InputError(f"an MLflow store must be MLflow's own database, but {file} {what}; check the path")
    copy = scratch / "copy.db"
    try:
        with closing(_open_readonly(file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        raise InputError(f"the MLflow store must be readable, but reading {file} failed: {error}") from error
    return f"sqlite:///{copy}"


def _runs(client: Any, experiments: Sequence[str]) -> list[tuple[str, Any]]:
    """Return (experiment, run) of every run, oldest first."""
    there = {each.experiment_id: each.name for each in _pages(client.search_experiments)}
    chosen = [key for key, name in there.items() if not experiments or name in experiments]
    if not chosen:
        names = list(there.values())
        hint = closest(experiments[0], names) if experiments else ""
        raise InputError(
            f"the MLflow store must have the experiment, but none is named {' or '.join(experiments) or 'anything'}; {hint}"
            f"there are: {some(names) or 'none'}"
        )
    runs = list(_pages(client.search_runs, experiment_ids=chosen))
    if not runs:
        raise InputError(
            f"the MLflow store must have runs, but {some([there[key] for key in chosen])} has none"
        )
    return sorted(
        ((there[run.info.experiment_id], run) for run in runs),
        key=lambda each: (each[1].info.start_time or 0, each[1].info.run_id),
    )


def _pages(search: Any, **arguments: Any) -> Iterator[Any]:
    token: str | None = None
    while True:
        page = search(max_results=_PAGE, page_token=token, **arguments)
        yield from page
        token = page.token
        if not token:
            return


def _rows(
    client: Any, runs: Sequence[tuple[str, Any]], *, metric: str, factor: str, seed: str, take: Take
) -> tuple[list[dict[str, str | float | None]], list[str]]:
    described = [(_columns(experiment, run), run) for experiment, run in runs]
    known = list(dict.fromkeys(name for columns, _ in described for name in columns))
    for role, wanted in (("--factor", factor), ("--seed", seed)):
        if wanted not in known:
            raise InputError(
                f"{role} must be a parameter or tag of the runs, but none has {wanted!r}; {closest(wanted, known)}they "
                f"have: {some(known, most=40)}"
            )
    complete = [(columns, run) for columns, run in described if factor in columns and seed in columns]
    ended = [(columns, run) for columns, run in complete if run.info.status not in {"RUNNING", "SCHEDULED"}]
    notes = []
    if lacking := len(described) - len(complete):
        notes.append(f"{count(lacking, 'run')} left out, without {factor} or {seed}.")
    if running := [
        columns["run"] for columns, run in complete if run.info.status in {"RUNNING", "SCHEDULED"}
    ]:
        notes.append(
            f"{count(len(running), 'run')} left out, still marked as running ({some(running, most=4)}); a run whose process "
            "died stays marked so."
        )
    if not ended:
        raise InputError(
            f"at least 2 runs must have ended with both {factor} and {seed}, but none has; check --factor and --seed"
            + (f" ({count(len(running), 'run')} still running)" if running else "")
        )
    if not any(metric in run.data.metrics for _, run in ended):
        metrics = list(dict.fromkeys(name for _, run in ended for name in run.data.metrics))
        raise InputError(
            f"--metric must be a metric of the runs, but none logged {metric!r}; {closest(metric, metrics)}they logged: "
            f"{some(metrics, most=40) or 'none'}"
        )
    rows: list[dict[str, str | float | None]] = [
        {**dict.fromkeys(known), **columns, metric: _value(client, run, metric, take)}
        for columns, run in ended
    ]
    return rows, notes


def _columns(experiment: str, run: Any) -> dict[str, str]:
    """Return what is known of a run but its metrics: parameters win over tags, and tags over the rest."""
    tags: Mapping[str, str] = run.data.tags
    commit = tags.get("mlflow.source.git.commit")
    return {
        EXPERIMENT: experiment,
        "run": run.info.run_name or run.info.run_id,
        "run_id": run.info.run_id,
        "status": run.info.status,
        **({} if commit is None else {"git_commit": commit}),
        **{name: value for name, value in tags.items() if not name.startswith("mlflow.")},
        **run.data.params,
    }


def _value(client: Any, run: Any, metric: str, take: Take) -> float | None:
    last = run.data.metrics.get(metric)
    if last is None or run.info.status != "FINISHED":
        return None
    if take == "last":
        return float(last)
    history = [float(each.value) for each in client.get_metric_history(run.info.run_id, metric)]
    finite = [value for value in history if math.isfinite(value)]
    if not finite:
        return None
    match take:
        case "min":
            return min(finite)
        case "max":
            return max(finite)
        case _:
            assert_never(take)


class _Complaints(logging.Handler):
    """Keeps the first line of each warning."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.lines.append(record.getMessage().splitlines()[0].rstrip("."))


@contextmanager
def _reading(scratch: Path) -> Iterator[list[str]]:
    """Set MLflow up for reading, and return the list that its warnings go to; everything is put back afterwards."""
    wanted = {
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "_MLFLOW_SERVER_ARTIFACT_ROOT": str(scratch / "artifacts"),
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": os.environ.get("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2"),
    }
    before = {name: os.environ.get(name) for name in wanted}
    complaints: list[str] = []
    handler = _Complaints(complaints)
    loggers = [logging.getLogger(name) for name in ("mlflow", "alembic")]
    kept = [(logger, list(logger.handlers), logger.propagate, logger.level) for logger in loggers]
    os.environ.update(wanted)
    for logger in loggers:
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.WARNING)
    try:
        yield complaints
    finally:
        for logger, handlers, propagate, level in kept:
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
