"""Look at a SQLite file before it is opened for writing, and leave what isn't ours as it was, byte for byte.

Merely opening a file in WAL mode leaves `-wal` and `-shm` files beside it, and closing it may move the log into it. So
a file is first looked at in ways that do neither: its header as bytes, then its tables through an *immutable*
connection, or a read-only one where a log with content lies beside it. An immutable connection takes no locks and can
read garbage while somebody writes; its refusal counts only when the file did not change meanwhile.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from steelyard.errors import StoreError
from steelyard.study.store.engines import BUSY_TIMEOUT_S, connect_sqlite, looking_engine
from steelyard.study.store.failures import explained
from steelyard.study.store.schema import SQLITE_APPLICATION_ID
from steelyard.study.store.upgrade import State, recognise

CHECKED_BYTES = 256 * 2**20
"""Files up to this size are checked page by page as they are opened (tenths of a second); larger ones as read."""

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_APPLICATION_ID = slice(68, 72)
_LOOKS, _PAUSE_S = 100, 0.05


def look_at(path: Path) -> State:
    """Return what a SQLite file is (`new` when there is none or an empty one), touching nothing.

    Raises:
        StoreError: not a SQLite file, a damaged one, another program's, or a store of a newer version.
    """
    for _ in range(_LOOKS):
        before = _fingerprint(path)
        try:
            with explained(str(path)):
                return _look_once(path)
        except StoreError:
            if _fingerprint(path) == before:
                raise
        time.sleep(_PAUSE_S)  # somebody is writing: what was read may be half of it
    raise StoreError(
        f"the store at {path} changes all the time; end the program that writes to it, or try again"
    )


def make_file(path: Path) -> None:
    """Create an empty file and its folder, unless they are there.

    Raises:
        StoreError: they can't be made.
    """
    with explained(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def require_writable(path: Path) -> None:
    """Check that SQLite may write a file and make its log beside it; otherwise it would quietly only read.

    Raises:
        StoreError: it may not.
    """
    for needed in (path, path.parent):
        if not os.access(needed, os.W_OK):
            raise StoreError(
                f"a store's file and folder must be writable, but {needed} is not; "
                "change its permissions or give another path"
            )


def use_log(path: Path) -> None:
    """Set a store's file to WAL mode unless it is; it stays so.

    Raises:
        StoreError: the file is locked or can't be written.
    """
    deadline_s = time.monotonic() + BUSY_TIMEOUT_S
    with explained(str(path)), closing(connect_sqlite(path, mode="rw")) as connection:
        while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                # This switch doesn't wait for other processes that open the same new file, so wait here.
                if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > deadline_s:
                    raise
                time.sleep(_PAUSE_S)


def _look_once(path: Path) -> State:
    if path.is_dir():
        raise StoreError(f"a store must be a file, but {path} is a folder; give the path of a file in it")
    header = _header(path)
    if not header:
        return "new"
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise StoreError(f"{path} must be a Steelyard store, but it is not a SQLite file; give another path")
    ours = int.from_bytes(header[_APPLICATION_ID], "big") == SQLITE_APPLICATION_ID
    logged = _size(_beside(path, "-wal")) > 0
    if ours and _size(_beside(path, "-journal")) > 0:
        return "new"  # its creation was cut short: opening it for writing undoes what was done
    if logged and not ours:
        raise StoreError(
            f"{path} must be a Steelyard store, but another program is using it; give another path"
        )
    engine = looking_engine(path, mode="mode=ro" if logged else "mode=ro&immutable=1")
    with engine.connect() as connection, connection.begin():
        state = recognise(connection, shown=str(path))
        if state != "new" and _size(path) <= CHECKED_BYTES:
            verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if verdict != "ok":
                raise StoreError(f"the store at {path} is damaged ({verdict}); restore it from a copy")
    return state


def _header(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEADER_BYTES)
    except FileNotFoundError:
        return b""


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _fingerprint(path: Path) -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = []
    for suffix in ("", "-wal", "-journal"):
        try:
            stat = _beside(path, suffix).stat()
        except OSError:
            found.append(None)
        else:
            found.append((stat.st_mtime_ns, stat.st_size))
    return found
