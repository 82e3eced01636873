"""Schema versions: created, upgraded or refused, in one transaction, on every backend."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from steelyard.errors import StoreError
from steelyard.study.store import open_store, schema, upgrade
from steelyard.study.store.engines import engine_of
from steelyard.study.store.location import locate
from steelyard.study.store.sql import SqlStore
from steelyard.study.trial import TrialRecord

Connect = Callable[[], Connection]

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("trials", sa.Column("device", sa.Text, nullable=False, server_default="cpu"))
"""


@pytest.fixture
def next_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the migrations of a Steelyard yet to come."""
    folder = tmp_path_factory.mktemp("next") / "migrations"
    shutil.copytree(upgrade.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "0002_devices.py").write_text(NEXT)
    return folder


@pytest.fixture
def connected(place: str) -> Iterator[Connect]:
    """Give a way to look into the database at `place`, past the store."""
    engine = engine_of(locate(place))
    yield engine.connect
    engine.dispose()


def test_the_migrations_lead_to_the_schema(store: SqlStore) -> None:
    with store._reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": schema.VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, schema.metadata) == []
        names = {
            table: [index["name"] for index in inspect(connection).get_indexes(table)]
            for table in ("trials", "curves")
        }
    assert "ix_trials_study_key" in names["trials"]


def test_an_older_store_is_upgraded_and_keeps_its_trials(
    place: str,
    next_version: Path,
    monkeypatch: pytest.MonkeyPatch,
    record: Callable[..., TrialRecord],
    connected: Connect,
) -> None:
    with closing(SqlStore.open(place)) as store:
        store.add_study("s", description={})
        store.finish(record("k"))
    with connected() as connection:
        created_at = connection.scalar(text("SELECT created_at FROM steelyard_store"))
    monkeypatch.setattr(upgrade, "MIGRATIONS", next_version)
    for _ in range(2):
        with closing(SqlStore.open(place)) as store:
            assert store.trial("k") == record("k")
    with connected() as connection:
        assert connection.scalar(text("SELECT version_num FROM steelyard_schema")) == "0002"
        assert connection.scalar(text("SELECT device FROM trials")) == "cpu"
        assert connection.scalar(text("SELECT created_at FROM steelyard_store")) == created_at


def test_an_upgrade_that_fails_leaves_the_older_store(
    place: str, next_version: Path, monkeypatch: pytest.MonkeyPatch, connected: Connect
) -> None:
    open_store(place).close()
    with (next_version / "versions" / "0002_devices.py").open("a") as file:
        file.write('    op.execute("INSERT INTO nowhere VALUES (1)")\n')
    with monkeypatch.context() as patch:
        patch.setattr(upgrade, "MIGRATIONS", next_version)
        with pytest.raises(StoreError, match="nowhere"):
            open_store(place)
    with connected() as connection:
        assert connection.scalar(text("SELECT version_num FROM steelyard_schema")) == "0001"
        assert "device" not in {column["name"] for column in inspect(connection).get_columns("trials")}
    open_store(place).close()


def test_a_newer_store_is_refused_and_untouched(
    place: str, next_version: Path, monkeypatch: pytest.MonkeyPatch, connected: Connect
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(upgrade, "MIGRATIONS", next_version)
        open_store(place).close()
    file = locate(place).path
    before = hashlib.sha256(file.read_bytes()).digest() if file else None
    with pytest.raises(StoreError, match=r"newer version of Steelyard \(.*schema 0002\).*upgrade steelyard"):
        open_store(place)
    if file:
        assert hashlib.sha256(file.read_bytes()).digest() == before
        assert [entry.name for entry in file.parent.iterdir()] == [file.name]
    with connected() as connection:
        assert connection.scalar(text("SELECT version_num FROM steelyard_schema")) == "0002"


def test_somebody_elses_database_is_refused_and_untouched(postgresql_url: str) -> None:
    engine = engine_of(locate(postgresql_url))
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE trials (id integer)"))
        with pytest.raises(StoreError, match=r"holds other tables \(trials\)"):
            open_store(postgresql_url)
        with engine.connect() as connection:
            assert inspect(connection).get_table_names() == ["trials"]
    finally:
        engine.dispose()


def test_an_emptied_marker_is_damage(place: str, connected: Connect) -> None:
    open_store(place).close()
    with connected() as connection:
        connection.execute(text("DELETE FROM steelyard_store"))
        connection.commit()
    with pytest.raises(StoreError, match="damaged"):
        open_store(place)
