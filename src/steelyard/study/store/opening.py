"""Make a place ready to be a store: looked at first, then created or upgraded in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from steelyard.study.store import files
from steelyard.study.store.engines import engine_of, for_reading, for_writing
from steelyard.study.store.failures import explained
from steelyard.study.store.location import Location
from steelyard.study.store.upgrade import State, bring_up_to_date, recognise


def prepare(location: Location) -> None:
    """Create or upgrade the store at a location; one of this version is only read.

    Several processes may do so at once: each looks again once it holds the lock to write.

    Raises:
        StoreError: what is there isn't a store, is damaged, of a newer version or out of reach; it is left as it was.
        MissingExtraError: PostgreSQL without psycopg.
    """
    path = location.path
    state = files.look_at(path) if path is not None else _look_at_database(location)
    if path is not None:
        if state == "new":
            files.make_file(path)
        files.require_writable(path)
    if state != "current":
        with _briefly_connected(location) as connection, for_writing(connection).begin():
            bring_up_to_date(connection, shown=location.shown)
    if path is not None:
        files.use_log(path)


def _look_at_database(location: Location) -> State:
    with _briefly_connected(location) as connection, for_reading(connection).begin():
        return recognise(connection, shown=location.shown)


@contextmanager
def _briefly_connected(location: Location) -> Iterator[Connection]:
    engine = engine_of(location)
    try:
        with explained(location.shown), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
