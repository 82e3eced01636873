"""Stores to test: a SQLite file each, and a PostgreSQL schema each where a server can be had."""

from __future__ import annotations

import multiprocessing
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from steelyard.study.store.sql import SqlStore
from steelyard.study.trial import TrialRecord, TrialSpec

SERVER_URL = "STEELYARD_TEST_POSTGRESQL_URL"


class Other(NamedTuple):
    """Another process, and the pipe that its code sees as `pipe`."""

    process: BaseProcess
    pipe: Connection


@pytest.fixture
def start() -> Iterator[Callable[..., Other]]:
    """Give a way to run code in other processes, with `pipe` and the given names; they are killed afterwards.

    They fork from a server that has imported the store already, so that one starts in milliseconds.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "steelyard.study.store.sql"])
    started: list[Other] = []

    def run(code: str, **names: Any) -> Other:
        pipe, theirs = context.Pipe()
        process = context.Process(target=exec, args=(code, {"pipe": theirs, **names}))
        process.start()
        theirs.close()
        started.append(Other(process, pipe))
        return started[-1]

    yield run
    for process, pipe in started:
        process.kill()
        process.join()
        process.close()
        pipe.close()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Give the URL of a PostgreSQL database: the one named by the environment, or a temporary server's."""
    pytest.importorskip("psycopg", reason="psycopg (extra `postgresql`) is not installed")
    if url := os.environ.get(SERVER_URL):
        yield url
        return
    if (binaries := _server_binaries()) is None:
        pytest.skip(f"no PostgreSQL server: neither {SERVER_URL} nor initdb and pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="steelyard-pg-"))
    try:
        yield from _serve(binaries, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """Give the URL of an empty schema of its own."""
    import psycopg

    schema = f"steelyard_{secrets.token_hex(6)}"
    plain = postgresql_server.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"')
        joint = "&" if "?" in plain else "?"
        yield f"{plain}{joint}options={quote(f'-csearch_path={schema}')}"
        connection.execute(f'DROP SCHEMA "{schema}" CASCADE')


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a place without a store, on each backend."""
    if request.param == "sqlite":
        return str(tmp_path / "runs.db")
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def store(place: str) -> Iterator[SqlStore]:
    """Give a store with one study, `s`."""
    with closing(SqlStore.open(place)) as store:
        store.add_study("s", description={"question": "q"})
        yield store


@pytest.fixture
def spec() -> Callable[..., TrialSpec]:
    """Give a maker of specs of study `s`."""

    def make(key: str, *, seed: int = 0, level: str = "a") -> TrialSpec:
        return TrialSpec(key=key, study_key="s", configuration={"factor": level}, seed=seed)

    return make


@pytest.fixture
def record(spec: Callable[..., TrialSpec]) -> Callable[..., TrialRecord]:
    """Give a maker of records of study `s`."""

    def make(key: str, *, seed: int = 0, level: str = "a", **fields: Any) -> TrialRecord:
        base = {"status": "finished", "metrics": {"loss": 0.5}, "started_at": "2026-01-01T00:00:00+00:00"}
        return TrialRecord(spec=spec(key, seed=seed, level=level), duration_s=1.0, **{**base, **fields})

    return make


def _server_binaries() -> Path | None:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found and shutil.which("pg_ctl") else None


def _serve(binaries: Path, folder: Path) -> Iterator[str]:
    """Run a server on a socket in the folder; as another user where this one is root, as the server demands."""
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        names = {entry.pw_name for entry in pwd.getpwall()}
        entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        command = [str(binaries / program), "-D", str(folder / "data"), *arguments]
        output = folder / f"{program}.txt"
        with output.open("w") as file:
            done = subprocess.run(
                command, cwd=folder, stdout=file, stderr=file, check=False, timeout=60, **account
            )
        if done.returncode:
            pytest.skip(f"the PostgreSQL server doesn't start: {output.read_text()[-500:]}")

    run("initdb", "-U", "steelyard", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=40 -c shared_buffers=16MB"
    run("pg_ctl", "-l", str(folder / "log"), "-w", "-o", options, "start")
    try:
        yield f"postgresql://steelyard@/postgres?host={quote(str(folder))}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
