"""The store on SQLite and PostgreSQL: each method one transaction, and safe across threads, forks and pickles."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from steelyard.study.store import claims, records, registry
from steelyard.study.store._base import ClaimOutcome
from steelyard.study.store.codec import from_json, to_json
from steelyard.study.store.engines import add_if_new, engine_of, for_reading, for_writing
from steelyard.study.store.failures import explained
from steelyard.study.store.location import Location, locate
from steelyard.study.store.opening import prepare
from steelyard.study.store.schema import trials
from steelyard.study.trial import TrialRecord, TrialSpec


class SqlStore:
    """A store in a SQL database; see `Store` for what each method promises, and `open_store` to get one.

    One thread of a process is let in at a time, through one connection. Connections never cross a fork: they are
    closed before it, and both sides reconnect. A pickle carries the URL (with its password, if it has one).

    Args:
        location: where a store has been prepared.

    Attributes:
        url: opens the same store, from any working directory.
    """

    def __init__(self, location: Location) -> None:
        self.url = location.url
        self._location = location
        self._engine: Engine | None = None
        self._lock = threading.RLock()
        with _fork_lock:
            _stores.add(self)

    @classmethod
    def open(cls, url_or_path: str | Path) -> SqlStore:
        """Return the store at a path or URL; see `open_store`."""
        location = locate(url_or_path)
        prepare(location)
        return cls(location)

    def __repr__(self) -> str:
        return f"SqlStore({self._location.shown!r})"

    def __reduce__(self) -> tuple[type[SqlStore], tuple[Location]]:
        return SqlStore, (self._location,)

    def add_study(self, study_key: str, *, description: Mapping[str, Any]) -> Mapping[str, Any]:
        """Register a study if it is new and return the stored description (the first one registered wins).

        Raises:
            StoreError: the store can't be used.
            InputError: the description isn't JSON.
        """
        text = to_json(description, name="description")
        with self._writing() as connection:
            kept: Mapping[str, Any] = from_json(registry.add(connection, study_key, text))
        return kept

    def note_study(self, study_key: str, *, name: str, value: Any) -> None:
        """Keep a JSON value beside a study under a name, replacing an earlier one.

        Raises:
            StoreError: the study is not registered, or the store can't be used.
            InputError: the value isn't JSON.
        """
        text = to_json(value, name=name)
        with self._writing() as connection:
            registry.note(connection, study_key, name, text)

    def study(self, study_key: str) -> Mapping[str, Any] | None:
        """Return `{"description": ..., "notes": {name: value}, "created_at": ...}`, or None.

        Raises:
            StoreError: the store can't be used.
        """
        with self._reading() as connection:
            return registry.read_one(connection, study_key)

    def studies(self) -> list[Mapping[str, Any]]:
        """Return every study, newest first: `study_key`, `description`, `notes`, `created_at`, `trials` (count).

        Raises:
            StoreError: the store can't be used.
        """
        with self._reading() as connection:
            return registry.read_all(connection)

    def claim(self, spec: TrialSpec, *, retry_failed: bool = False) -> ClaimOutcome:
        """Try to become the one that runs a trial; return `claimed`, `done` or `busy` (see `claims`).

        Raises:
            StoreError: the study is not registered, or the store can't be used.
        """
        with self._reading() as connection:  # most claims of a resumed study end here, without the write lock
            if claims.is_settled(connection, spec.key, retry_failed=retry_failed):
                return "done"
        with self._writing() as connection:
            return claims.take(connection, spec, retry_failed=retry_failed)

    def renew(self, keys: Iterable[str]) -> None:
        """Let the leases of this process's claims start anew; call it several times within `claims.LEASE_S`.

        Raises:
            StoreError: the store can't be used.
        """
        with self._writing() as connection:
            claims.renew(connection, keys)

    def release(self, keys: Iterable[str]) -> None:
        """Give up this process's claims on trials that were not finished.

        Raises:
            StoreError: the store can't be used.
        """
        with self._writing() as connection:
            claims.drop(connection, keys)

    def finish(self, record: TrialRecord) -> None:
        """Keep a trial that ended and drop its claim, in one transaction.

        A second record of a key is ignored, except that this process's record replaces a failed one while this
        process holds the claim it took with `retry_failed`.

        Raises:
            StoreError: the study is not registered, or the store can't be used; the record is not kept.
            InputError: the record holds a value that can't be kept.
        """
        encoded = records.encode(record)
        key = record.spec.key
        with self._writing() as connection:
            if claims.holds(connection, key):
                connection.execute(trials.delete().where(trials.c.key == key, trials.c.status == "failed"))
            if add_if_new(connection, trials, encoded.trial):
                for table, rows in encoded.parts:
                    connection.execute(insert(table), rows)
                claims.drop_whoever_holds(connection, key)
            else:
                claims.drop(connection, [key])

    def trial(self, key: str) -> TrialRecord | None:
        """Return the record of one trial, whole, or None.

        Raises:
            StoreError: the store can't be used, or is damaged.
        """
        with self._reading() as connection:
            found = records.read(connection, trials.c.key == key, heavy=True)
        return found[0] if found else None

    def trials(self, study_key: str, *, heavy: bool = True) -> list[TrialRecord]:
        """Return the ended trials of a study by seed, then configuration; without curves/scores/tables if not `heavy`.

        Raises:
            StoreError: the store can't be used, or is damaged.
        """
        with self._reading() as connection:
            return records.read(connection, trials.c.study_key == study_key, heavy=heavy)

    def done(self, keys: Sequence[str]) -> set[str]:
        """Return those of the keys whose trials have ended, failed ones included.

        Raises:
            StoreError: the store can't be used.
        """
        ended: set[str] = set()
        with self._reading() as connection:
            for some in claims.in_chunks(keys):
                ended.update(connection.scalars(select(trials.c.key).where(trials.c.key.in_(some))))
        return ended

    def close(self) -> None:
        """Close the connection; the store stays usable and reconnects."""
        with self._lock:
            if self._engine is not None:
                self._dispose()
                self._engine = None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._lock, explained(self._location.shown):
            engine = self._connected()
            with engine.connect() as connection, for_reading(connection).begin():
                yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._lock, explained(self._location.shown):
            engine = self._connected()
            with engine.connect() as connection, for_writing(connection).begin():
                yield connection

    def _connected(self) -> Engine:
        if self._engine is None:
            self._engine = engine_of(self._location)
            self._dispose = weakref.finalize(self, self._engine.dispose)  # also when nobody calls `close`
        return self._engine

    def _before_fork(self) -> None:
        self._lock.acquire()
        self.close()

    def _after_fork_in_parent(self) -> None:
        self._lock.release()

    def _after_fork_in_child(self) -> None:
        self._lock = threading.RLock()


_stores: weakref.WeakSet[SqlStore] = weakref.WeakSet()
_forking: list[SqlStore] = []
_fork_lock = threading.Lock()
"""Held from before a fork until after it, so that no store appears in between."""


def _before_fork() -> None:
    _fork_lock.acquire()
    _forking[:] = _stores
    for store in _forking:
        store._before_fork()  # noqa: SLF001 - this module's own class


def _after_fork_in_parent() -> None:
    while _forking:
        _forking.pop()._after_fork_in_parent()  # noqa: SLF001 - this module's own class
    _fork_lock.release()


def _after_fork_in_child() -> None:
    while _forking:
        _forking.pop()._after_fork_in_child()  # noqa: SLF001 - this module's own class
    _fork_lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
    )
