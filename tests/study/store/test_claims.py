"""Leases, on every backend: who may take a claim over, and when."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update

from steelyard.study.store import claims
from steelyard.study.store.engines import now_s
from steelyard.study.store.owner import this_process
from steelyard.study.store.schema import claims as claims_table
from steelyard.study.store.sql import SqlStore
from steelyard.study.trial import TrialSpec

MakeSpec = Callable[..., TrialSpec]


def _alter(store: SqlStore, **columns: Any) -> None:
    """Make every claim look as if it were somebody else's."""
    with store._writing() as connection:
        connection.execute(update(claims_table).values(**columns))


def _lease_s(store: SqlStore) -> float:
    with store._reading() as connection:
        left = connection.scalar(select(claims_table.c.lease_until - now_s(connection)))
    assert left is not None
    return float(left)


def test_the_clock_is_seconds_since_1970(store: SqlStore) -> None:
    with store._reading() as connection:
        assert connection.scalar(select(now_s(connection))) == pytest.approx(time.time(), abs=30)


def test_a_claim_lasts_its_lease_and_renewing_starts_it_anew(store: SqlStore, spec: MakeSpec) -> None:
    assert store.claim(spec("k")) == "claimed"
    assert _lease_s(store) == pytest.approx(claims.LEASE_S, abs=10)
    _alter(store, lease_until=0.0)
    store.renew(f"k{number}" for number in range(1200))
    assert _lease_s(store) < 0
    store.renew(["k"])
    assert _lease_s(store) == pytest.approx(claims.LEASE_S, abs=10)


def test_another_machine_keeps_its_claim_until_the_lease_ran_out(store: SqlStore, spec: MakeSpec) -> None:
    assert store.claim(spec("k")) == "claimed"
    _alter(store, place="another machine", owner="another process")
    store.renew(["k"])
    store.release(["k"])
    assert store.claim(spec("k")) == "busy"
    _alter(store, lease_until=0.0)
    assert store.claim(spec("k")) == "claimed"
    assert _lease_s(store) > 0
    assert store.claim(spec("k")) == "busy"


def test_a_living_process_here_keeps_its_claim_without_a_lease(store: SqlStore, spec: MakeSpec) -> None:
    assert store.claim(spec("k")) == "claimed"
    _alter(store, owner="another process", lease_until=0.0)  # its pid and start are this process's: alive
    assert store.claim(spec("k")) == ("busy" if this_process().pid_started else "claimed")


def test_a_process_whose_start_is_unknown_keeps_its_claim_until_the_lease_ran_out(
    store: SqlStore, spec: MakeSpec
) -> None:
    assert store.claim(spec("k")) == "claimed"
    _alter(store, owner="another process", pid_started=None)
    assert store.claim(spec("k")) == "busy"
    _alter(store, lease_until=0.0)
    assert store.claim(spec("k")) == "claimed"


def test_a_dead_process_here_loses_its_claim_at_once(store: SqlStore, spec: MakeSpec) -> None:
    assert store.claim(spec("k")) == "claimed"
    _alter(store, owner="another process", pid=2**22 + 1)  # above Linux's largest
    assert store.claim(spec("k")) == "claimed"


def test_its_own_expired_claim_can_be_claimed_again(store: SqlStore, spec: MakeSpec) -> None:
    assert store.claim(spec("k")) == "claimed"
    _alter(store, lease_until=0.0)
    assert store.claim(spec("k")) == "claimed"


def test_a_record_that_came_from_elsewhere_ends_the_claim(
    store: SqlStore, spec: MakeSpec, record: Callable[..., Any]
) -> None:
    assert store.claim(spec("k")) == "claimed"
    _alter(store, owner="another process")
    store.finish(record("k"))
    assert store.claim(spec("k")) == "done"
    with store._reading() as connection:
        assert connection.scalar(select(func.count()).select_from(claims_table)) == 0
