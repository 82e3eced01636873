"""One suite for every backend: what the contract of `Store` promises."""

from __future__ import annotations

import math
import os
import pickle
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.errors import InputError, StoreError
from steelyard.study.store import Store, open_store
from steelyard.study.store.sql import SqlStore
from steelyard.study.trial import Curve, TrialRecord, TrialSpec

MakeSpec = Callable[..., TrialSpec]
MakeRecord = Callable[..., TrialRecord]
Start = Callable[..., Any]

floats = st.floats(allow_nan=True, allow_infinity=True)
names = st.text(st.characters(), max_size=8)
"""Any characters at all, NUL and lone surrogates among them."""
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | floats | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6) | st.just("$float"), inner, max_size=3)
    ),
    max_leaves=6,
)
curves = st.integers(0, 5).flatmap(
    lambda count: st.builds(
        lambda steps, values: Curve(steps=tuple(steps), values=tuple(values)),
        st.lists(floats, min_size=count, max_size=count),
        st.lists(floats, min_size=count, max_size=count),
    )
)
columns = st.lists(floats | st.text(max_size=5), max_size=4).map(tuple)
records = st.builds(
    TrialRecord,
    spec=st.builds(
        TrialSpec,
        key=st.just(""),
        study_key=st.just("s"),
        configuration=st.dictionaries(
            st.text(max_size=6),
            st.text(max_size=6) | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.booleans(),
            max_size=3,
        ),
        seed=st.integers(-(2**130), 2**130),
    ),
    status=st.sampled_from(["finished", "failed"]),
    metrics=st.dictionaries(st.text(max_size=6), floats, max_size=3),
    curves=st.dictionaries(names, curves, max_size=3),
    scores=st.dictionaries(names, st.lists(floats, max_size=6).map(tuple), max_size=3),
    tables=st.dictionaries(names, st.dictionaries(st.text(max_size=5), columns, max_size=2), max_size=2),
    findings=st.lists(st.dictionaries(st.text(max_size=5), json_values, max_size=3), max_size=2).map(tuple),
    error=st.text(st.characters(), max_size=20),
    environment=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
    started_at=st.datetimes().map(lambda moment: moment.isoformat()),
    duration_s=st.floats(0, 1e9),
)
each_example_in_one_store = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class TestRecords:
    @each_example_in_one_store
    @given(record=records)
    def test_every_field_comes_back_as_it_was(self, store: SqlStore, record: TrialRecord) -> None:
        record = replace(record, spec=replace(record.spec, key=secrets.token_hex(32)))
        store.finish(record)
        # repr tells nan from None, -0.0 from 0.0, True from 1 and a tuple from a list, which == doesn't.
        assert repr(store.trial(record.spec.key)) == repr(record)

    def test_an_unknown_trial_is_none(self, store: SqlStore) -> None:
        assert store.trial("unknown") is None

    def test_trials_come_by_seed_then_configuration(self, store: SqlStore, record: MakeRecord) -> None:
        for key, seed, level in [("1", 10, "b"), ("2", 9, "a"), ("3", 10, "a"), ("4", -1, "b")]:
            store.finish(record(key, seed=seed, level=level))
        assert [trial.spec.key for trial in store.trials("s")] == ["4", "2", "3", "1"]
        assert store.trials("another study") == []

    def test_light_trials_leave_out_what_is_large(self, store: SqlStore, record: MakeRecord) -> None:
        heavy = record("k", curves={"loss": Curve(steps=(0.0,), values=(1.0,))}, scores={"loss": (1.0,)})
        store.finish(heavy)
        assert store.trials("s") == [heavy]
        assert store.trials("s", heavy=False) == [record("k")]

    def test_a_second_record_is_ignored(self, store: SqlStore, record: MakeRecord) -> None:
        store.finish(record("k", metrics={"loss": 1.0}, scores={"loss": (1.0,)}))
        store.finish(record("k", metrics={"loss": 2.0}, scores={"other": (2.0,)}))
        kept = store.trial("k")
        assert kept is not None
        assert (kept.metrics, kept.scores) == ({"loss": 1.0}, {"loss": (1.0,)})

    def test_done_finds_ended_trials_among_very_many_keys(self, store: SqlStore, record: MakeRecord) -> None:
        store.finish(record("k1"))
        store.finish(record("k1700", status="failed", error="no"))
        assert store.done([f"k{number}" for number in range(2000)]) == {"k1", "k1700"}
        assert store.done([]) == set()

    def test_an_unregistered_study_is_refused(self, store: SqlStore, record: MakeRecord) -> None:
        stray = TrialSpec(key="k", study_key="stray", configuration={}, seed=0)
        with pytest.raises(StoreError, match="add_study first"):
            store.claim(stray)
        with pytest.raises(StoreError, match="add_study first"):
            store.finish(TrialRecord(spec=stray, status="finished", started_at="", duration_s=0.0))
        assert store.trial("k") is None

    def test_a_value_that_cannot_be_kept_leaves_the_claim(
        self, store: SqlStore, spec: MakeSpec, record: MakeRecord
    ) -> None:
        assert store.claim(spec("k")) == "claimed"
        with pytest.raises(InputError, match=r"`findings\[0\].model` must be a JSON value, but got object"):
            store.finish(record("k", findings=({"model": object()},)))
        with pytest.raises(InputError, match="equal lengths"):
            store.finish(record("k", curves={"loss": Curve(steps=(1.0, 2.0), values=(1.0,))}))
        assert store.trial("k") is None
        assert store.claim(spec("k")) == "busy"


class TestStudies:
    def test_the_first_description_wins(self, store: SqlStore) -> None:
        first = {"margin": math.inf, "levels": ["a", 1, True, None]}
        assert store.add_study("t", description=first) == first
        assert store.add_study("t", description={"margin": 2}) == first
        study = store.study("t")
        assert study is not None
        assert study["description"] == first
        assert store.study("unknown") is None

    def test_notes_are_replaced_by_name(self, store: SqlStore) -> None:
        store.note_study("s", name="reproducible", value=None)
        store.note_study("s", name="reproducible", value=True)
        store.note_study("s", name="plan", value={"looks": [3, 5]})
        study = store.study("s")
        assert study is not None
        assert study["notes"] == {"reproducible": True, "plan": {"looks": [3, 5]}}

    def test_an_unregistered_study_has_no_notes(self, store: SqlStore) -> None:
        with pytest.raises(StoreError, match="add_study first"):
            store.note_study("stray", name="n", value=1)

    def test_studies_come_newest_first_with_counts(self, store: SqlStore, record: MakeRecord) -> None:
        store.add_study("t", description={})
        store.add_study("s", description={})
        store.note_study("s", name="n", value=1)
        store.finish(record("k1"))
        store.finish(record("k2"))
        found = [(study["study_key"], study["trials"], study["notes"]) for study in store.studies()]
        assert found == [("t", 0, {}), ("s", 2, {"n": 1})]

    @pytest.mark.parametrize("value", [object(), {1: 2}, {"nested": [{"set": {1}}]}])
    def test_a_description_that_is_no_json_is_refused(self, store: SqlStore, value: object) -> None:
        with pytest.raises(InputError, match="value"):
            store.note_study("s", name="value", value=value)


class TestClaims:
    def test_one_claim_until_it_is_released(self, store: SqlStore, spec: MakeSpec) -> None:
        assert store.claim(spec("k")) == "claimed"
        assert store.claim(spec("k")) == "busy"
        store.release(["k", "unknown"])
        assert store.claim(spec("k")) == "claimed"

    def test_a_finished_trial_is_done(self, store: SqlStore, spec: MakeSpec, record: MakeRecord) -> None:
        assert store.claim(spec("k")) == "claimed"
        store.finish(record("k"))
        assert store.claim(spec("k")) == "done"
        assert store.claim(spec("k"), retry_failed=True) == "done"

    def test_a_failed_trial_is_done_unless_it_is_retried(
        self, store: SqlStore, spec: MakeSpec, record: MakeRecord
    ) -> None:
        failed = record(
            "k", status="failed", metrics={"loss": math.inf}, scores={"loss": (math.inf,)}, error="inf"
        )
        assert store.claim(spec("k")) == "claimed"
        store.finish(failed)
        assert store.claim(spec("k")) == "done"
        store.finish(record("k"))
        assert store.trial("k") == failed, "nobody claimed it again"
        assert store.claim(spec("k"), retry_failed=True) == "claimed"
        assert store.trial("k") == failed, "kept until the retry has ended"
        store.finish(record("k"))
        assert store.trial("k") == record("k")
        assert store.claim(spec("k"), retry_failed=True) == "done"

    def test_another_process_is_busy_and_may_not_meddle(
        self, store: SqlStore, spec: MakeSpec, record: MakeRecord, start: Start
    ) -> None:
        meddle = """
            store.release(["k", "failed"])
            store.renew(["k"])
            store.finish(record("failed"))
            outcomes = [store.claim(spec("k")), store.claim(spec("failed"), retry_failed=True)]
            outcomes.append(store.claim(spec("new")))
            store.finish(record("new"))
            pipe.send(outcomes)
            """
        store.finish(record("failed", status="failed", error="no"))
        assert store.claim(spec("k")) == "claimed"
        assert store.claim(spec("failed"), retry_failed=True) == "claimed"
        other = start(PRELUDE + dedent(meddle), url=store.url)
        assert other.pipe.recv() == ["busy", "busy", "claimed"]
        kept = store.trial("failed")
        assert kept is not None
        assert kept.status == "failed"
        store.finish(record("failed"))
        assert store.trial("failed") == record("failed")
        assert store.claim(spec("new")) == "done"

    def test_claims_of_a_killed_process_are_taken_at_once(
        self, store: SqlStore, spec: MakeSpec, start: Start
    ) -> None:
        other = start(PRELUDE + 'pipe.send(store.claim(spec("k"))); pipe.recv()', url=store.url)
        assert other.pipe.recv() == "claimed"
        assert store.claim(spec("k")) == "busy"
        other.process.kill()
        other.process.join()
        assert store.claim(spec("k")) == "claimed"

    def test_two_processes_claim_each_trial_once(self, store: SqlStore, start: Start) -> None:
        contend = """
            pipe.send("ready")
            pipe.recv()
            pipe.send([number for number in range(50) if store.claim(spec(f"k{number}")) == "claimed"])
            pipe.recv()
            """
        others = [start(PRELUDE + dedent(contend), url=store.url) for _ in range(2)]
        for other in others:
            assert other.pipe.recv() == "ready"
        for other in others:
            other.pipe.send("go")
        claimed = [number for other in others for number in other.pipe.recv()]
        assert sorted(claimed) == list(range(50))

    def test_threads_claim_each_trial_once(self, store: SqlStore, spec: MakeSpec, record: MakeRecord) -> None:
        gate = threading.Barrier(6)

        def work(_: int) -> int:
            gate.wait()
            won = [number for number in range(20) if store.claim(spec(f"k{number}")) == "claimed"]
            for number in won:
                store.finish(record(f"k{number}", seed=number))
            return len(won)

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(work, range(6))) == 20
        assert len(store.trials("s")) == 20


class TestLifetime:
    def test_it_is_a_store(self, place: str) -> None:
        store: Store = open_store(place)
        assert store.studies() == []
        store.close()

    def test_it_opens_again_from_its_url(self, store: SqlStore, record: MakeRecord) -> None:
        store.finish(record("k"))
        store.close()
        with closing(SqlStore.open(store.url)) as again:
            assert again.url == store.url
            assert again.trial("k") == record("k")
        assert store.trial("k") == record("k"), "a closed store reconnects"

    def test_it_pickles(self, store: SqlStore, record: MakeRecord) -> None:
        store.finish(record("k"))
        with closing(pickle.loads(pickle.dumps(store))) as copy:
            assert copy.url == store.url
            assert copy.trial("k") == record("k")

    @pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
    def test_it_survives_a_fork(self, store: SqlStore, spec: MakeSpec, record: MakeRecord) -> None:
        assert store.claim(spec("k")) == "claimed"
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                store.finish(record("child"))
                code = 0 if store.claim(spec("k")) == "busy" else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert store.trial("child") == record("child")
        store.finish(record("k"))
        assert store.done(["k", "child"]) == {"k", "child"}

    def test_two_processes_create_one_store(self, place: str, start: Start) -> None:
        create = """
            from steelyard.study.store.sql import SqlStore
            pipe.send("ready")
            pipe.recv()
            store = SqlStore.open(place)
            pipe.send(store.add_study("s", description={"by": name}))
            """
        others = [start(dedent(create), place=place, name=name) for name in ("one", "two", "three")]
        for other in others:
            assert other.pipe.recv() == "ready"
        for other in others:
            other.pipe.send("go")
        described = [other.pipe.recv() for other in others]
        assert described[0] in ({"by": "one"}, {"by": "two"}, {"by": "three"})
        assert described == [described[0]] * 3

    def test_repr_shows_no_password(self, store: SqlStore) -> None:
        assert repr(store).startswith("SqlStore('")


PRELUDE = """
from steelyard.study.store.sql import SqlStore
from steelyard.study.trial import TrialRecord, TrialSpec

def spec(key):
    return TrialSpec(key=key, study_key="s", configuration={"factor": "a"}, seed=0)

def record(key):
    return TrialRecord(spec=spec(key), status="finished", started_at="", duration_s=1.0)

store = SqlStore.open(url)
"""
