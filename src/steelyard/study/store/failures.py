"""What a database's error means to a person: one `StoreError` that says what happened and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from steelyard.errors import StoreError

_SQLITE = {
    "SQLITE_BUSY": "stayed locked by another program for a minute; end that program or try again",
    "SQLITE_FULL": "can't grow: the disk is full; free some space and run again, finished trials are kept",
    "SQLITE_IOERR": "can't be read or written by the operating system; check the disk and its free space",
    "SQLITE_READONLY": "can't be written; check the permissions of the file and its folder",
    "SQLITE_PERM": "can't be written; check the permissions of the file and its folder",
    "SQLITE_CANTOPEN": "can't be opened; check that it is still there and the permissions of its folder",
    "SQLITE_CORRUPT": "is damaged; restore it from a copy or give another path",
    "SQLITE_NOTADB": "is not a SQLite database, or a damaged one; restore it from a copy or give another path",
}


@contextmanager
def explained(shown: str) -> Iterator[None]:
    """Turn errors of the database within the block into `StoreError`, the original as its cause.

    Args:
        shown: how to name the store to a person.

    Raises:
        StoreError: the block failed in the database or the operating system.

    Examples:
        >>> with explained("runs.db"):
        ...     raise PermissionError(13, "Permission denied", "runs.db")
        Traceback (most recent call last):
        steelyard.errors.StoreError: the store at runs.db can't be opened: Permission denied
    """
    try:
        yield
    except (SQLAlchemyError, CommandError, sqlite3.Error) as error:
        raise StoreError(f"the store at {shown} {_reason(error)}") from error
    except OSError as error:
        raise StoreError(f"the store at {shown} can't be opened: {error.strerror or error}") from error


def _reason(error: Exception) -> str:
    origin = getattr(error, "orig", None) or error
    code = getattr(origin, "sqlite_errorname", "")
    for name, reason in _SQLITE.items():
        if code.startswith(name):
            return reason
    said = str(origin).strip().partition("\n")[0]
    if isinstance(error, IntegrityError):
        return f"refused a row that breaks its rules ({said}); register the study with add_study first"
    if code:
        return f"failed ({said}); restore it from a copy or give another path"
    return f"can't be used ({said}); check that the server runs, the URL, and what its user may do"
