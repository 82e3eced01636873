"""Tell what a database is, create the tables of a new one and bring an older one up to date.

Versions are Alembic's: a script each (`migrations/versions`), run in one transaction together with its stamp.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import NoResultFound

from steelyard.errors import StoreError
from steelyard.study.store.engines import put
from steelyard.study.store.schema import APPLICATION, SQLITE_APPLICATION_ID, VERSION_TABLE, marker

State = Literal["new", "older", "current"]

MIGRATIONS = Path(__file__).parent / "migrations"

_CREATION_LOCK = int.from_bytes(b"STLYARD", "big")


def recognise(connection: Connection, *, shown: str) -> State:
    """Say what a database is: without any table, an older store, or a store of this version; only reads.

    Args:
        connection: to look through, in a transaction.
        shown: how to name the place to a person.

    Raises:
        StoreError: another program's database, or a store of a newer version.
    """
    inspector = inspect(connection)
    tables = {*inspector.get_table_names(), *inspector.get_view_names()}
    marked = _sqlite_application_id(connection)
    if not tables and marked in {0, None}:
        return "new"
    if not {marker.name, VERSION_TABLE} <= tables or marked not in {SQLITE_APPLICATION_ID, None}:
        raise StoreError(
            f"{shown} must be a Steelyard store, but it {_holds(tables)}; give another path or database"
        )
    return _age(connection, shown)


def bring_up_to_date(connection: Connection, *, shown: str) -> None:
    """Create the tables of a new database or run the steps that an older one lacks; nothing on a current one.

    Args:
        connection: in a transaction that writes; whoever comes second waits and then finds nothing left to do.
        shown: how to name the place to a person.

    Raises:
        StoreError: as `recognise`.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CREATION_LOCK})")
    state = recognise(connection, shown=shown)
    if state == "current":
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id = {SQLITE_APPLICATION_ID}")
    context = _alembic(connection)
    scripts = ScriptDirectory(str(MIGRATIONS))
    steps = scripts.iterate_revisions("head", context.get_current_revision() or "base")
    with Operations.context(context):
        for step in reversed(list(steps)):
            step.module.upgrade()
    context.stamp(scripts, "head")
    created_at = connection.scalar(select(marker.c.created_at)) or datetime.now(UTC).isoformat()
    row = {"application": APPLICATION, "created_at": created_at, "written_by": version("steelyard")}
    put(connection, marker, row)


def _age(connection: Connection, shown: str) -> State:
    try:
        application, written_by = connection.execute(select(marker.c.application, marker.c.written_by)).one()
    except NoResultFound:
        application, written_by = None, None
    revision = _alembic(connection).get_current_revision()
    if application != APPLICATION or revision is None:
        raise StoreError(
            f"{shown} must be a Steelyard store, but its marker says {application!r}: it is damaged"
        )
    scripts = ScriptDirectory(str(MIGRATIONS))
    if revision == scripts.get_current_head():
        return "current"
    if revision in {script.revision for script in scripts.walk_revisions()}:
        return "older"
    raise StoreError(
        f"{shown} was written by a newer version of Steelyard ({written_by}, schema {revision}) than this one "
        f"({version('steelyard')}, schema {scripts.get_current_head()}); upgrade steelyard"
    )


def _alembic(connection: Connection) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})


def _sqlite_application_id(connection: Connection) -> int | None:
    if connection.dialect.name != "sqlite":
        return None
    found: int = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    return found


def _holds(tables: set[str]) -> str:
    if not tables:
        return "is marked as another program's file"
    named = ", ".join(sorted(tables)[:3]) + (", ..." if len(tables) > 3 else "")
    return f"holds other tables ({named})"
