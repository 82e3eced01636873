"""kill -9 while several processes finish trials: what was acknowledged is there, nothing is there by half."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from steelyard.study.store.location import locate
from steelyard.study.store.sql import SqlStore

Start = Callable[..., Any]

WRITER = """
import itertools
from steelyard.study.store.sql import SqlStore
from steelyard.study.trial import Curve, TrialRecord, TrialSpec

store = SqlStore.open(place)
for number in itertools.count():
    spec = TrialSpec(key=f"{name}-{number}", study_key="s", configuration={"writer": name}, seed=number)
    assert store.claim(spec) == "claimed"
    series = tuple(float(number + step) for step in range(2000))
    store.finish(
        TrialRecord(
            spec=spec, status="finished", metrics={"loss": float(number)}, started_at="", duration_s=1.0,
            curves={f"curve {index}": Curve(steps=series, values=series) for index in range(3)},
            scores={f"scores {index}": series for index in range(3)},
        )
    )
    pipe.send(spec.key)
"""
ROUNDS, WRITERS = 5, 3


def test_no_finished_trial_is_lost_and_none_is_half(place: str, start: Start) -> None:
    moments = random.Random(20240)
    with closing(SqlStore.open(place)) as store:
        store.add_study("s", description={})
    acknowledged: set[str] = set()
    for turn in range(ROUNDS):
        writers = [start(WRITER, place=place, name=f"w{turn}{index}") for index in range(WRITERS)]
        acknowledged.update(writer.pipe.recv() for writer in writers)  # from here on all of them write
        for writer in writers:
            time.sleep(moments.uniform(0.0, 0.08))
            writer.process.kill()
        for writer in writers:
            writer.process.join()
            acknowledged.update(_rest(writer.pipe))
    assert len(acknowledged) > ROUNDS * WRITERS
    with closing(SqlStore.open(place)) as store:
        found = {trial.spec.key: trial for trial in store.trials("s")}
        assert acknowledged <= set(found)
        assert len(found) - len(acknowledged) <= ROUNDS * WRITERS, "at most the one each had not yet sent"
        for trial in found.values():
            series = tuple(float(trial.spec.seed + step) for step in range(2000))
            assert list(trial.curves) == ["curve 0", "curve 1", "curve 2"]
            assert all(curve.steps == curve.values == series for curve in trial.curves.values())
            assert list(trial.scores) == ["scores 0", "scores 1", "scores 2"]
            assert all(scores == series for scores in trial.scores.values())
            assert store.claim(trial.spec) == "done"
    if (path := locate(place).path) is not None:
        _assert_whole(path)


def test_a_creation_cut_short_can_be_done_again(tmp_path: Path, start: Start) -> None:
    create = (
        "from steelyard.study.store.sql import SqlStore; pipe.send(0); SqlStore.open(place); pipe.send(1)"
    )
    for delay_ms in (1, 4, 8, 12, 16, 20, 25, 30, 40):
        path = tmp_path / f"{delay_ms}.db"
        other = start(create, place=str(path))
        assert other.pipe.recv() == 0
        time.sleep(delay_ms / 1000)
        other.process.kill()
        other.process.join()
        with closing(SqlStore.open(path)) as store:
            assert store.add_study("s", description={"a": 1}) == {"a": 1}
        _assert_whole(path)


def _rest(pipe: Connection) -> set[str]:
    """Return what a killed process had sent; the last message may be half."""
    sent = set()
    try:
        while True:
            sent.add(pipe.recv())
    except (EOFError, OSError):
        return sent


def _assert_whole(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
