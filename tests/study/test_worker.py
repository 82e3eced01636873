"""One trial in this process: whatever the function does becomes an outcome, and nothing of it is left behind."""

from __future__ import annotations

import math
import os
import pickle
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steelyard.errors import StoreError
from steelyard.study import worker
from steelyard.study.portable import portable
from steelyard.study.run import Run
from steelyard.study.store import open_store
from steelyard.study.trial import TrialRecord, TrialSpec
from steelyard.study.worker import Job, measure, run_trial

SPEC = TrialSpec(key="k", study_key="s", configuration={"depth": 2}, seed=7)


def job(trial: Callable[..., Any], *, retry_failed: bool = False, **parameters: Any) -> Job:
    return Job(
        trial=portable(trial, modules=[trial.__module__], same_path=True),
        takes_run="run" in trial.__code__.co_varnames[: trial.__code__.co_argcount],
        parameters=parameters,
        metric="loss",
        threads=1,
        retry_failed=retry_failed,
    )


def outcome(trial: Callable[..., Any], **parameters: Any) -> TrialRecord:
    return measure(job(trial, **parameters), SPEC)


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        (True, "must return a dict of metrics, but returned bool"),
        (np.arange(3), "returned ndarray"),
        ({}, r"must return the metric 'loss', but returned \[\]"),
        ({"loss": "0.5"}, "must be a number, but got '0.5'"),
        ({"loss": np.arange(2)}, "must be a number"),
        ({"loss": 1.0, 3: 4.0}, "named by strings, but got 3"),
        ({"loss": math.inf}, "loss is inf: the run diverged"),
    ],
)
def test_what_is_not_a_metric_fails_the_trial(returned: object, says: str) -> None:
    record = outcome(lambda seed, depth: returned)
    assert record.status == "failed"
    assert re.search(says, record.error)


def test_numbers_of_any_kind_and_secondary_nans_are_kept() -> None:
    record = outcome(
        lambda seed, depth: {"loss": np.float32(0.5), "b": np.array(2), "c": True, "d": math.nan}
    )
    assert record.status == "finished"
    assert [record.metrics[name] for name in "bc"] == [2.0, 1.0]
    assert math.isnan(record.metrics["d"])


def endless(seed: int, depth: int) -> object:
    return endless(seed, depth)


@pytest.mark.parametrize("trial", [endless, lambda seed, depth: sys.exit(3), lambda seed, depth: 1 / 0])
def test_exceptions_and_exits_are_outcomes(trial: Callable[..., Any]) -> None:
    record = outcome(trial)
    assert record.status == "failed"
    assert record.error.splitlines()[-1].startswith(("RecursionError", "SystemExit", "ZeroDivisionError"))


def test_nothing_of_a_trial_is_left_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def messy(seed: int, depth: int, layers: list[int], folder: str) -> dict[str, float]:
        layers.append(1)
        os.chdir(folder)
        os.environ["STEELYARD_TEST_MESS"] = "1"
        np.seterr(all="raise")
        random.seed(0)
        print("hello")
        return {"loss": float(len(layers))}

    before = os.getcwd(), np.geterr(), random.getstate()
    layers: list[int] = []
    for _ in range(2):
        assert outcome(messy, layers=layers, folder=str(tmp_path)).metrics == {"loss": 1.0}
    assert (os.getcwd(), np.geterr(), random.getstate()) == before
    assert "STEELYARD_TEST_MESS" not in os.environ
    assert capsys.readouterr() == ("", "hello\nhello\n")


def test_global_generators_start_from_the_seed() -> None:
    def careless(seed: int, depth: int) -> dict[str, float]:
        return {"loss": random.random() + float(np.random.normal())}  # noqa: NPY002 - what users do

    first, again = outcome(careless), outcome(careless)
    other = measure(job(careless), TrialSpec(key="o", study_key="s", configuration={"depth": 2}, seed=8))
    assert first.metrics == again.metrics != other.metrics


def test_arguments_are_given_by_name() -> None:
    assert outcome(lambda depth, seed: {"loss": 10 * depth + seed}).metrics == {"loss": 27.0}


def test_odd_things_logged_fail_the_trial_and_say_so() -> None:
    def odd(seed: int, depth: int, run: Run) -> dict[str, float]:
        run.table("t", {"a": [1.0, None]})  # type: ignore[list-item]  # the point
        return {"loss": 1.0}

    assert "column 'a' must hold numbers or strings, but got None" in outcome(odd).error


def test_a_failed_trial_runs_again_once_and_is_replaced(tmp_path: Path) -> None:
    store = open_store(tmp_path / "s.db")
    store.add_study("s", description={})
    calls = tmp_path / "calls"

    def mended(seed: int, depth: int, calls: str) -> dict[str, float]:
        with open(calls, "a") as lines:
            lines.write("x")
        if os.path.getsize(calls) == 1:
            raise RuntimeError("no convergence")
        return {"loss": 1.0}

    assert run_trial(job(mended, calls=str(calls)), SPEC, store) == "failed"
    assert run_trial(job(mended, calls=str(calls)), SPEC, store) == "done"
    assert run_trial(job(mended, retry_failed=True, calls=str(calls)), SPEC, store) == "finished"
    assert run_trial(job(mended, retry_failed=True, calls=str(calls)), SPEC, store) == "done"
    assert calls.read_text() == "xx"
    kept = store.trial("k")
    assert kept is not None
    assert (kept.status, kept.metrics) == ("finished", {"loss": 1.0})


def test_an_interrupt_frees_the_trial(tmp_path: Path) -> None:
    store = open_store(tmp_path / "s.db")
    store.add_study("s", description={})

    def stopped(seed: int, depth: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_trial(job(stopped), SPEC, store)
    assert store.claim(SPEC) == "claimed"


def test_a_renewal_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Flaky:
        renewed = 0

        def renew(self, keys: list[str]) -> None:
            self.renewed += 1
            raise StoreError("out of reach")

    monkeypatch.setattr(worker, "RENEW_S", 0.01)
    store: Any = Flaky()
    with worker._renewed(store, "k"):
        for _ in range(200):
            if store.renewed >= 2:
                break
            time.sleep(0.01)
    assert store.renewed >= 2


def test_a_job_travels() -> None:
    assert pickle.loads(pickle.dumps(job(endless))).metric == "loss"
