"""Who runs which trial: one claim a trial, taken by one process at a time.

A claim is held by a process (see `owner`) and has a lease that its holder renews. It is free for another to take

- at once when its process is known to have died (same machine, same boot);
- once its lease has run out, when its process can't be seen from here;
- once its lease has run out, by its own process, which then has evidently stopped renewing it.

A process that is seen to live on this machine keeps its claims however long it takes. Otherwise a second claim gets
`busy`, also from the process that holds the first. One clock judges leases: the database's (see `engines.now_s`).

A trial that failed may be claimed again with `retry_failed`; while that claim stands, its holder's record replaces
the failed one. No other claim can stand beside a record: keeping a record drops the claim in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, select, update

from steelyard.study.store._base import ClaimOutcome
from steelyard.study.store.engines import add_if_new, now_s
from steelyard.study.store.owner import is_dead, this_process
from steelyard.study.store.schema import claims, trials
from steelyard.study.trial import TrialSpec

LEASE_S = 120.0
"""How long a claim lasts without being renewed; renew several times as often."""

_CHUNK = 500
"""Keys in one statement; SQLite takes at most 999 values in its older versions."""


def is_settled(connection: Connection, key: str, *, retry_failed: bool) -> bool:
    """Say whether a trial has ended and needs no further run."""
    status = connection.scalar(select(trials.c.status).where(trials.c.key == key))
    return status is not None and not (retry_failed and status == "failed")


def take(connection: Connection, spec: TrialSpec, *, retry_failed: bool) -> ClaimOutcome:
    """Try to take the claim of a trial; the record is looked for last, under the claim, when no other can come."""
    row = {
        "trial_key": spec.key,
        "study_key": spec.study_key,
        **_owner_columns(),
        "lease_until": now_s(connection) + LEASE_S,
    }
    if not (add_if_new(connection, claims, row) or _take_over(connection, row)):
        return "busy"
    if is_settled(connection, spec.key, retry_failed=retry_failed):
        drop(connection, [spec.key])
        return "done"
    return "claimed"


def holds(connection: Connection, key: str) -> bool:
    """Say whether this process has the claim of a trial."""
    owner = connection.scalar(select(claims.c.owner).where(claims.c.trial_key == key))
    return owner == this_process().token


def renew(connection: Connection, keys: Iterable[str]) -> None:
    """Let the leases of this process's claims start anew."""
    for some in in_chunks(keys):
        mine = (claims.c.owner == this_process().token) & claims.c.trial_key.in_(some)
        connection.execute(update(claims).where(mine).values(lease_until=now_s(connection) + LEASE_S))


def drop(connection: Connection, keys: Iterable[str]) -> None:
    """Delete this process's claims."""
    for some in in_chunks(keys):
        mine = (claims.c.owner == this_process().token) & claims.c.trial_key.in_(some)
        connection.execute(delete(claims).where(mine))


def drop_whoever_holds(connection: Connection, key: str) -> None:
    """Delete the claim of a trial that has ended."""
    connection.execute(delete(claims).where(claims.c.trial_key == key))


def in_chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    """Yield the keys in lists short enough for one statement."""
    rest = iter(keys)
    while some := list(islice(rest, _CHUNK)):
        yield some


def _take_over(connection: Connection, row: dict[str, Any]) -> bool:
    """Take a claim that stands if it is free to take; conditional on what was seen, so only one of many succeeds."""
    of_trial = claims.c.trial_key == row["trial_key"]
    held = connection.execute(select(claims).where(of_trial)).one_or_none()
    if held is None:  # given up since the insert
        return add_if_new(connection, claims, row)
    free = of_trial & (claims.c.owner == held.owner)
    if not is_dead(place=held.place, pid=held.pid, pid_started=held.pid_started):
        mine = held.owner == row["owner"]
        seen_alive = held.place == row["place"] and held.pid_started is not None
        if seen_alive and not mine:
            return False
        free &= claims.c.lease_until <= now_s(connection)
    return connection.execute(update(claims).where(free).values(**row)).rowcount == 1


def _owner_columns() -> dict[str, Any]:
    columns = asdict(this_process())
    return {"owner": columns.pop("token"), **columns}
