"""What isn't a store is refused and stays as it was, byte for byte, with nothing new beside it."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from steelyard.errors import StoreError
from steelyard.study.store import open_store
from steelyard.study.store.codec import to_bytes
from steelyard.study.store.files import look_at
from steelyard.study.store.sql import SqlStore
from steelyard.study.trial import TrialRecord

MakeRecord = Callable[..., TrialRecord]


def _state(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


@pytest.fixture
def written(tmp_path: Path, record: MakeRecord) -> Path:
    """Give a closed store with 40 trials, larger than a few pages."""
    path = tmp_path / "runs.db"
    with closing(SqlStore.open(path)) as store:
        store.add_study("s", description={})
        for number in range(40):
            scores = {"loss": tuple(float(value) for value in range(300))}
            store.finish(record(f"k{number}", seed=number, scores=scores))
    assert sorted(_state(tmp_path)) == ["runs.db"], "a closed store is one file"
    return path


def _text(path: Path) -> None:
    path.write_text("seed,loss\n1,0.5\n" * 50)


def _short(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0")


def _noise_after_the_magic(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 40)


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE trials (id INTEGER)")
        connection.commit()


def _foreign_in_wal_mode(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE VIEW numbers AS SELECT 1")
        connection.commit()


def _foreign_but_empty(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 4711")
        connection.execute("VACUUM")


def _another_alembic_project(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE studies (key TEXT)")
        connection.commit()


def _left_by_a_killed_program(path: Path) -> None:
    code = (
        f"import os, sqlite3; c = sqlite3.connect({str(path)!r}); c.execute('PRAGMA journal_mode = WAL');"
        "c.execute('CREATE TABLE theirs (x)'); c.commit(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert path.with_name(path.name + "-wal").stat().st_size > 0


@pytest.mark.parametrize(
    "make",
    [
        _text,
        _short,
        _noise_after_the_magic,
        _foreign,
        _foreign_in_wal_mode,
        _foreign_but_empty,
        _another_alembic_project,
        _left_by_a_killed_program,
    ],
)
def test_what_is_no_store_is_refused_and_untouched(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "runs.db"
    make(path)
    before = _state(tmp_path)
    with pytest.raises(StoreError, match=r"runs\.db"):
        open_store(path)
    assert _state(tmp_path) == before


@pytest.mark.parametrize("kept_share", [0.001, 0.3, 0.9])
def test_a_truncated_store_is_refused_and_untouched(written: Path, kept_share: float) -> None:
    os.truncate(written, int(written.stat().st_size * kept_share))
    before = _state(written.parent)
    with pytest.raises(StoreError, match=r"damaged|not a SQLite file"):
        open_store(written)
    assert _state(written.parent) == before


@pytest.mark.parametrize("place", [0.0, 0.35, 0.6])
def test_a_store_with_a_page_of_noise_is_refused_and_untouched(written: Path, place: float) -> None:
    data = bytearray(written.read_bytes())
    page = 4096 * int(place * len(data) / 4096)
    data[page + 100 : page + 4096] = b"\xa5" * 3996
    written.write_bytes(data)
    before = _state(written.parent)
    with pytest.raises(StoreError, match="damaged"):
        open_store(written)
    assert _state(written.parent) == before


def test_damage_found_only_later_is_an_error_and_not_a_wrong_record(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steelyard.study.store.files.CHECKED_BYTES", 0)
    data = bytearray(written.read_bytes())
    leaf = data.index(to_bytes(range(300))) // 4096 * 4096
    data[leaf : leaf + 8] = b"\xa5" * 8
    written.write_bytes(data)
    before = _state(written.parent)
    with closing(open_store(written)) as store, pytest.raises(StoreError, match="damaged"):
        store.trials("s")
    assert _state(written.parent) == before


def test_opening_a_good_store_changes_nothing(written: Path) -> None:
    before = _state(written.parent)
    with closing(open_store(written)) as store:
        assert len(store.trials("s")) == 40
    assert _state(written.parent) == before


def test_a_marked_store_without_its_tables_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    open_store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE steelyard_store")
        connection.commit()
    with pytest.raises(StoreError, match="must be a Steelyard store"):
        open_store(path)


@pytest.mark.parametrize("content", [None, b""])
def test_a_missing_or_empty_file_is_new(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "new folder" / "and one more" / "runs.db"
    if content is not None:
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    assert look_at(path) == "new"
    with closing(open_store(path)) as store:
        assert store.studies() == []
    assert look_at(path) == "current"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA application_id").fetchone() == (0x53544C59,)


def test_an_empty_database_without_tables_is_new(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
    assert path.stat().st_size > 0
    open_store(path).close()
    assert look_at(path) == "current"


def test_a_store_in_use_is_seen_as_it_is(written: Path, record: MakeRecord) -> None:
    with closing(SqlStore.open(written)) as store:
        store.finish(record("new"))
        assert written.with_name("runs.db-wal").stat().st_size > 0
        assert look_at(written) == "current"
        with closing(SqlStore.open(written)) as second:
            assert second.trial("new") is not None


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        open_store(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't be opened"):
        open_store(tmp_path / "file" / "runs.db")


@pytest.mark.parametrize("locked", ["runs.db", "."])
def test_a_store_that_may_not_be_written_is_refused(
    written: Path, locked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() == 0:  # permissions don't bind root: ask as they would answer others
        unwritable = (written.parent / locked).resolve()
        monkeypatch.setattr(
            os, "access", lambda path, mode: not (mode & os.W_OK and Path(path) == unwritable)
        )
    else:
        (written.parent / locked).chmod(0o500)
    before = _state(written.parent)
    try:
        with pytest.raises(StoreError, match="must be writable"):
            open_store(written)
    finally:
        (written.parent / locked).chmod(0o700)
    assert _state(written.parent) == before


def test_a_store_deleted_under_a_study_is_not_made_anew(written: Path, record: MakeRecord) -> None:
    store = SqlStore.open(written)
    written.unlink()
    with pytest.raises(StoreError, match="can't be opened"):
        store.finish(record("late"))
    assert not written.exists()
