"""Where studies and trials are kept: a SQLite file by default, a PostgreSQL database by URL.

Importing this package loads no database library; `open_store` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from steelyard.study.store._base import ClaimOutcome, Store

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ClaimOutcome", "Store", "open_store"]


def open_store(url_or_path: str | Path) -> Store:
    """Return the store at a path or URL, created when there is none and upgraded when it is older.

    Args:
        url_or_path: a path or `sqlite:///PATH` (one file, made with its folder), or `postgresql://USER@HOST/DATABASE`
            (an existing database whose current schema is empty or holds a store). An existing database that isn't a
            store of this version or an older one is refused and left as it was, byte for byte.

    Raises:
        StoreError: the place is unsupported (`:memory:`, another kind of database), can't be reached or written, or
            holds something else: another program's data, a damaged file, a store of a newer version.
        MissingExtraError: a PostgreSQL URL without psycopg installed.

    Examples:
        >>> import tempfile
        >>> from contextlib import closing
        >>> with tempfile.TemporaryDirectory() as folder, closing(open_store(f"{folder}/runs.db")) as store:
        ...     store.studies()
        []
    """
    from steelyard.study.store.sql import SqlStore  # noqa: PLC0415 - SQLAlchemy loads when a store is opened

    return SqlStore.open(url_or_path)
