"""Where a store is: a SQLite file or a PostgreSQL database, told from what a person typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from steelyard.errors import StoreError

_POSTGRESQL = re.compile(r"^(postgresql\+psycopg|postgresql|postgres)://")
_URL_AS_PATH = re.compile(r"^(postgres|sqlite)[a-z0-9+]*:")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SECRETS = ((re.compile(r"(://[^:/@]*:)[^/]*@"), r"\1***@"), (re.compile(r"([?&]password=)[^&]*"), r"\1***"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place that can hold a store.

    Args:
        kind: which database.
        url: the URL to open the same place with again, from any working directory; may hold a password.
        path: the file of a SQLite store, absolute; None for PostgreSQL.
        shown: how to name the place to a person, without passwords.
    """

    kind: Literal["sqlite", "postgresql"]
    url: str
    path: Path | None
    shown: str


def locate(url_or_path: str | Path) -> Location:
    """Return the location that a path or URL names; nothing is opened.

    Raises:
        StoreError: an empty path, a database in memory or an unsupported kind of URL.

    Examples:
        >>> locate("postgresql://ann:secret@db/runs").shown
        'postgresql://ann:***@db/runs'
        >>> locate("sqlite:////data/runs.db").path
        PosixPath('/data/runs.db')
        >>> locate(":memory:")
        Traceback (most recent call last):
        steelyard.errors.StoreError: a store must be shared by several processes, but got ':memory:'; give the path of
        a file, e.g. runs.db
    """
    text = str(url_or_path)
    if isinstance(url_or_path, Path) and _URL_AS_PATH.match(text):
        raise StoreError(
            f"a URL must be a string, but got {url_or_path!r}, which has lost a slash; pass it as str"
        )
    if _POSTGRESQL.match(text):
        url = _POSTGRESQL.sub("postgresql+psycopg://", text)
        return Location(kind="postgresql", url=url, path=None, shown=_without_secrets(text))
    if text.startswith("sqlite:"):
        text = text.removeprefix("sqlite:").removeprefix("///")
    elif _SCHEME.match(text):
        raise StoreError(
            f"a store must be a path, sqlite:///PATH or postgresql://HOST/DATABASE, but got {_without_secrets(text)!r}"
        )
    if text in {":memory:", "//"} or text.startswith("file:"):
        raise StoreError(
            f"a store must be shared by several processes, but got {str(url_or_path)!r}; "
            "give the path of a file, e.g. runs.db"
        )
    if not text.strip() or "\0" in text:
        raise StoreError(
            f"a store must have a path, but got {str(url_or_path)!r}; give the path of a file, e.g. runs.db"
        )
    path = Path(text).expanduser().absolute()
    return Location(kind="sqlite", url=f"sqlite:///{path}", path=path, shown=str(path))


def _without_secrets(url: str) -> str:
    for pattern, replacement in _SECRETS:
        url = pattern.sub(replacement, url)
    return url
