"""Connections to the two databases, and the few statements that each words its own way.

SQLite: WAL, `synchronous=FULL`. In WAL mode a commit survives kill -9 whatever `synchronous` says, for it is in the
kernel's hands; after a power loss NORMAL may forget the last commits (never half of one), FULL none. A trial
may have cost an hour and the fsync costs milliseconds, so FULL. Writers start with BEGIN IMMEDIATE and wait up to a
minute for each other. Nothing here creates a file: a store deleted under a running study is an error, not a new one.

PostgreSQL: psycopg 3, READ COMMITTED for writing, one REPEATABLE READ snapshot for reading.
"""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    Connection,
    Double,
    Engine,
    NullPool,
    QueuePool,
    Table,
    create_engine,
    event,
    func,
    literal_column,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError
from sqlalchemy.sql.elements import ColumnElement

from steelyard.errors import MissingExtraError, StoreError
from steelyard.study.store.location import Location

BUSY_TIMEOUT_S = 60.0
"""How long a SQLite writer waits for the others."""

_CONNECT_TIMEOUT_S = 15


def engine_of(location: Location) -> Engine:
    """Return a new engine with one connection at a time, opened when first used.

    Raises:
        StoreError: the URL can't be parsed.
        MissingExtraError: PostgreSQL without psycopg.
    """
    if location.path is not None:
        return _sqlite(location.path, "mode=rw", pooled=True)
    try:
        importlib.import_module("psycopg")
    except ImportError as error:
        raise MissingExtraError(
            "a PostgreSQL store needs psycopg, which is not installed; pip install 'steelyard[postgresql]'"
        ) from error
    try:
        url = make_url(location.url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            f"a PostgreSQL URL must be postgresql://USER@HOST/DATABASE, but got {location.shown}"
        ) from error
    return create_engine(
        url,
        pool_size=1,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": _CONNECT_TIMEOUT_S, "client_encoding": "utf8"},
    )


def looking_engine(path: Path, *, mode: str) -> Engine:
    """Return an engine on a SQLite file that writes nothing, with the open mode of a SQLite URI."""
    return _sqlite(path, mode, pooled=False)


def connect_sqlite(path: Path, *, mode: str) -> sqlite3.Connection:
    """Return a plain connection in autocommit, with the open mode of a SQLite URI (`mode=rw`, `mode=rwc`, ...)."""
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?{mode}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,  # transactions start where SQLAlchemy says
        check_same_thread=False,  # a store's lock lets one thread in at a time
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def for_writing(connection: Connection) -> Connection:
    """Return the connection set to take the write lock as its transaction begins (SQLite)."""
    return connection.execution_options(steelyard_begin="BEGIN IMMEDIATE")


def for_reading(connection: Connection) -> Connection:
    """Return the connection set to see one state of the store throughout its transaction."""
    if connection.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ")
    return connection  # in WAL mode every transaction sees one state


def add_if_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is there; return whether it was inserted."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**row).on_conflict_do_nothing().inline()
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount == 1


def put(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row, or replace what is stored under its key."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    key = [column.name for column in table.primary_key]
    rest = {name: value for name, value in row.items() if name not in key}
    connection.execute(insert(table).values(**row).on_conflict_do_update(index_elements=key, set_=rest))


def now_s(connection: Connection) -> ColumnElement[float]:
    """Return the database's clock as SQL: seconds since 1970.

    One clock judges every lease: the PostgreSQL server's, or that of the one machine on which the processes that
    share a SQLite file in WAL mode must run.
    """
    if connection.dialect.name == "postgresql":
        return func.extract("epoch", func.clock_timestamp()).cast(Double)
    return literal_column("(julianday('now') - 2440587.5) * 86400.0", Double)


def _sqlite(path: Path, mode: str, *, pooled: bool) -> Engine:
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=lambda: connect_sqlite(path, mode=mode),
        poolclass=QueuePool if pooled else NullPool,
        **({"pool_size": 1, "max_overflow": 0} if pooled else {}),
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("steelyard_begin", "BEGIN"))

    return engine
