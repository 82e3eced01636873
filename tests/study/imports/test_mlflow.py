from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import socket
import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from steelyard.errors import InputError, MissingExtraError
from steelyard.study.imports._base import Imported
from steelyard.study.imports.mlflow import is_mlflow_database, is_mlflow_folder, read_mlflow

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own, about its own dependencies


@pytest.fixture(scope="module", params=["folder", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two experiments, six finished runs, one failed, one running and one without a seed."""
    pytest.importorskip("mlflow")
    from mlflow import MlflowClient

    folder = tmp_path_factory.mktemp("store")
    path = folder / ("mlruns" if request.param == "folder" else "mlflow.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
        patch.chdir(folder)
        client = MlflowClient(
            tracking_uri=path.as_uri() if request.param == "folder" else f"sqlite:///{path}"
        )
        norms, other = client.create_experiment("norms"), client.create_experiment("other")
        for norm in ("none", "layer"):
            for seed in range(3):
                run = client.create_run(norms, run_name=f"{norm}-{seed}").info.run_id
                client.log_param(run, "norm", norm)
                client.log_param(run, "seed", seed)
                for step, value in enumerate((4.0, 1.0, 2.0 + seed)):
                    client.log_metric(run, "val/loss", value, step=step)
                status = "FAILED" if (norm, seed) == ("layer", 2) else "FINISHED"
                client.set_terminated(run, status=status)
        running = client.create_run(norms, run_name="still").info.run_id
        client.log_param(running, "norm", "layer")
        client.log_param(running, "seed", 7)
        client.set_terminated(client.create_run(norms).info.run_id)
        lonely = client.create_run(other, run_name="lonely").info.run_id
        client.log_param(lonely, "norm", "none")
        client.log_param(lonely, "seed", 0)
        client.log_metric(lonely, "val/loss", 9.0)
        client.set_terminated(lonely)
    return path


def read(store: Path | str, **options: Any) -> Imported:
    given = {"metric": "val/loss", "factor": "norm", "seed": "seed"}
    return read_mlflow(str(store), **{**given, **options})


def values(imported: Imported) -> list[tuple[Any, ...]]:
    return imported.frame.select("norm", "seed", "val/loss").rows()


def test_runs_in_the_order_of_their_start(store: Path) -> None:
    found = read(store, experiments=["norms"])
    assert values(found) == [
        ("none", "0", 2.0),
        ("none", "1", 3.0),
        ("none", "2", 4.0),
        ("layer", "0", 2.0),
        ("layer", "1", 3.0),
        ("layer", "2", None),
    ]
    assert found.frame["run"].to_list()[0] == "none-0"
    told = " ".join(found.notes)
    assert "1 run left out, still marked as running (still)" in told
    assert "1 run left out, without norm or seed" in told


@pytest.mark.parametrize(("take", "expected"), [("min", 1.0), ("max", 4.0)])
def test_take(take: str, expected: float, store: Path) -> None:
    assert {row[2] for row in values(read(store, take=take, experiments=["norms"]))} == {expected, None}


def test_all_experiments_are_read_by_default(store: Path) -> None:
    assert set(read(store).frame["experiment"]) == {"norms", "other"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "val/lss"}, r"did you mean 'val/loss'\? they logged: val/loss"),
        ({"factor": "nrm"}, r"--factor must be a parameter or tag .* did you mean 'norm'\?"),
        ({"experiments": ["norm"]}, r"none is named norm; did you mean 'norms'\?"),
    ],
)
def test_what_leaves_no_answer_is_said(options: dict[str, Any], message: str, store: Path) -> None:
    with pytest.raises(InputError, match=message):
        read(store, **options)


def test_reading_changes_nothing(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def state() -> dict[str, str]:
        return {
            str(file): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in store.parent.rglob("*")
            if file.is_file()
        }

    monkeypatch.chdir(tmp_path)
    logger = logging.getLogger("mlflow")
    before = (state(), dict(os.environ), list(logger.handlers), logger.level, logger.propagate)
    read(store)
    assert (state(), dict(os.environ), list(logger.handlers), logger.level, logger.propagate) == before
    assert list(tmp_path.iterdir()) == []


def test_every_way_to_write_the_address(store: Path) -> None:
    uri = store.as_uri() if store.is_dir() else f"sqlite:///{store}"
    assert values(read(uri)) == values(read(store))


def test_a_store_is_recognised(store: Path) -> None:
    assert is_mlflow_folder(store) == store.is_dir()
    assert is_mlflow_database(store) == store.is_file()


@pytest.mark.parametrize("damage", ["{", ""])
def test_a_damaged_run_is_told(damage: str, store: Path) -> None:
    if store.is_file():
        pytest.skip("folders only")
    [meta] = [each for each in store.glob("*/*/meta.yaml") if "run_name: none-1" in each.read_text("utf-8")]
    whole = meta.read_text(encoding="utf-8")
    meta.write_text(damage, encoding="utf-8")
    try:
        with pytest.raises(InputError, match="must be readable"):
            read(store)
    finally:
        meta.write_text(whole, encoding="utf-8")


def test_warnings_of_the_client_are_passed_on(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlflow import MlflowClient

    search = MlflowClient.search_runs

    def complain(self: MlflowClient, *arguments: Any, **options: Any) -> Any:
        logging.getLogger("mlflow.store").warning("Malformed run 'x'.\nTraceback ...")
        return search(self, *arguments, **options)

    monkeypatch.setattr(MlflowClient, "search_runs", complain)
    assert read(store).notes[-1] == "MLflow could not read 1 part of the store; the first: Malformed run 'x'."


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere", "there is no"),
        ("empty", "has none"),
        ("other.db", "is not a SQLite database with MLflow's tables"),
        ("text.db", "is not a SQLite database with MLflow's tables"),
        ("sqlite:///gone.db", "does not exist"),
        ("postgresql://host/db", "mlflow server"),
        ("https://me:secret@host", "MLFLOW_TRACKING_PASSWORD"),
    ],
)
def test_what_is_no_store_is_left_alone(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.db").write_text("not a database", encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "other.db")) as database:
        database.execute("CREATE TABLE mine (x)")
    before = {file.name: file.is_file() and file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(InputError, match=message):
        read(name)
    assert {file.name: file.is_file() and file.read_bytes() for file in tmp_path.iterdir()} == before


def test_without_the_package_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / "meta.yaml").write_text("experiment_id: '0'\n", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'steelyard\[mlflow\]'"):
        read(tmp_path)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.0 500 broken\r\n\r\n"])
def test_a_server_that_does_not_answer_is_told(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        with pytest.raises(InputError, match="must be readable, but reading http"):
            read(f"http://127.0.0.1:{server.getsockname()[1]}")
