"""What goes wrong in a database reaches a person as one clear message, with the cause kept."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from steelyard.errors import MissingExtraError, StoreError
from steelyard.study.store import engines, open_store, registry
from steelyard.study.store.sql import SqlStore
from steelyard.study.trial import TrialRecord

MakeRecord = Callable[..., TrialRecord]


def test_a_full_disk_keeps_what_was_finished(tmp_path: Path, record: MakeRecord) -> None:
    large = {"loss": tuple(float(number) for number in range(20_000))}
    with closing(SqlStore.open(tmp_path / "runs.db")) as store:
        store.add_study("s", description={})
        store.finish(record("small"))
        with store._reading() as connection:
            connection.execute(text("PRAGMA max_page_count = 1"))  # no more than there are
        with pytest.raises(StoreError, match="disk is full") as caught:
            store.finish(record("large", scores=large))
        assert caught.value.__cause__ is not None
        assert store.trial("large") is None
        assert store.trial("small") == record("small")
        with store._reading() as connection:
            connection.execute(text("PRAGMA max_page_count = 1000000"))
        store.finish(record("large", scores=large))
        assert store.trial("large") is not None


def test_a_lock_that_stays_is_an_error(
    tmp_path: Path, record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "runs.db"
    with closing(SqlStore.open(path)) as store:
        store.add_study("s", description={})
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="locked by another program"):
                store.finish(record("k"))
            assert store.trials("s") == [], "reading goes on"
            other.execute("ROLLBACK")
        store.finish(record("k"))


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r"steelyard\[postgresql\]"):
        open_store("postgresql://localhost/runs")


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="can't be used") as caught:
        open_store(f"postgresql://ann:s3cret@/runs?host={tmp_path}")
    assert "s3cret" not in str(caught.value)


def test_a_url_that_is_none_is_refused() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="postgresql://USER@HOST/DATABASE"):
        open_store("postgresql://host:port/runs")


def test_a_lost_connection_is_made_again(postgresql_url: str, record: MakeRecord) -> None:
    with closing(SqlStore.open(postgresql_url)) as store, closing(SqlStore.open(postgresql_url)) as other:
        store.add_study("s", description={})
        with store._reading() as connection:
            backend = connection.scalar(text("SELECT pg_backend_pid()"))
        with other._writing() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
        store.finish(record("k"))
        assert other.trial("k") == record("k")


def test_a_connection_lost_in_a_transaction_keeps_nothing(postgresql_url: str) -> None:
    with closing(SqlStore.open(postgresql_url)) as store, closing(SqlStore.open(postgresql_url)) as other:

        def write_while_the_connection_breaks() -> None:
            with store._writing() as connection:
                registry.add(connection, "s", "{}")
                backend = connection.scalar(text("SELECT pg_backend_pid()"))
                with other._writing() as second:
                    second.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
                registry.add(connection, "t", "{}")

        with pytest.raises(StoreError, match="can't be used"):
            write_while_the_connection_breaks()
        assert store.studies() == []
