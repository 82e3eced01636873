"""One trial in a worker process: claim it, run it, keep its record."""

from __future__ import annotations

import contextlib
import copy
import math
import pickle
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from steelyard.errors import InputError, StoreError
from steelyard.study.environment import environment
from steelyard.study.run import Recorder
from steelyard.study.sources import StaleCodeError, check_loaded
from steelyard.study.store import Store
from steelyard.study.threads import global_generators_kept, limited_threads, surroundings_kept
from steelyard.study.trial import TrialRecord, TrialSpec

RENEW_S = 30.0
_alone = threading.Lock()
"""Held by the one trial that runs in this process: they share generators, folder and threads (Dask workers have threads)."""
Outcome = Literal["finished", "failed", "done", "busy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs to run trials of one study.

    Args:
        trial: the trial function, pickled by value where workers couldn't import it.
        sources: digests of the modules that workers import for it; empty where they need not be checked.
        takes_run: the function has a parameter named `run`.
        parameters: fixed keyword arguments.
        metric: the metric that must be finite.
        threads: processor threads a trial.
        retry_failed: run failed trials again.
    """

    trial: bytes
    sources: Mapping[str, str] = field(default_factory=dict)
    takes_run: bool
    parameters: Mapping[str, Any]
    metric: str
    threads: int
    retry_failed: bool


def run_trial(job: Job, spec: TrialSpec, store: Store) -> Outcome:
    """Run a trial unless the store has it or another process is at it; keep the record; return what happened."""
    claim = store.claim(spec, retry_failed=job.retry_failed)
    if claim != "claimed":
        return claim
    try:
        with _renewed(store, spec.key):
            record = measure(job, spec)
        try:
            store.finish(record)
        except (
            InputError
        ) as error:  # holds something that can't be kept: an outcome of this trial, not of the study
            bare = replace(record, metrics={}, curves={}, scores={}, tables={})
            record = replace(
                bare, status="failed", error=f"what the trial returned or logged can't be kept: {error}"
            )
            store.finish(record)
    except BaseException:
        store.release([spec.key])  # stopped, or the store is out of reach: the trial is free again
        raise
    return record.status


def run_named(job: Job, spec: TrialSpec, store: Store) -> tuple[str, Outcome]:
    """Return a trial's key and what happened; here, since a worker loads the module of what it calls, and this one loads little."""
    return spec.key, run_trial(job, spec, store)


def measure(job: Job, spec: TrialSpec) -> TrialRecord:
    """Call the trial function and return the record; an exception or a metric that isn't finite makes it failed.

    The function gets parameters of its own, finds the global generators seeded from its seed, and what it prints goes to
    stderr; generators, threads, folder, environment variables and torch's defaults are put back afterwards. So a trial
    can't see which others ran before it in the same process.

    Raises:
        StaleCodeError: this process has another version of the code, or can't load it.
    """
    run = Recorder()
    metrics: dict[str, float] = {}
    error = ""
    started_at, start = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
    with (
        _alone,
        limited_threads(job.threads),
        contextlib.redirect_stdout(sys.stderr),
        surroundings_kept(),
    ):
        function = _loaded(job)
        extra = {"run": run} if job.takes_run else {}
        with global_generators_kept(spec.seed):
            try:
                result = function(
                    seed=spec.seed, **spec.configuration, **copy.deepcopy(dict(job.parameters)), **extra
                )
                metrics, error = _checked(result, job.metric)
            except (Exception, SystemExit) as problem:  # noqa: BLE001 - whatever the user's function raises is its outcome
                error = "".join(traceback.format_exception(problem)).strip()
        check_loaded(job.sources)  # what the function itself imported
    return TrialRecord(
        spec=spec,
        status="failed" if error else "finished",
        metrics=metrics,
        curves=run.curves,
        scores=run.kept_scores,
        tables=run.tables,
        error=error,
        environment={**environment(), "threads": str(job.threads)},
        started_at=started_at,
        duration_s=time.perf_counter() - start,
    )


def _loaded(job: Job) -> Callable[..., object]:
    """Return the trial function; its modules are imported by that, where they weren't."""
    try:
        function: Callable[..., object] = pickle.loads(job.trial)  # noqa: S301 - made by this study's own process
    except (ImportError, AttributeError) as error:
        raise StaleCodeError(
            f"workers must be able to import what the trial function uses, but one can't ({error}); install it there, set "
            "PYTHONPATH, or run with workers=1"
        ) from error
    check_loaded(job.sources)
    return function


def _checked(result: object, metric: str) -> tuple[dict[str, float], str]:
    """Return the metrics as floats, and what is wrong with them ("" if nothing)."""
    if not isinstance(result, Mapping):
        return {}, f"the trial function must return a dict of metrics, but returned {type(result).__name__}"
    metrics: dict[str, float] = {}
    for name, value in result.items():
        if not isinstance(name, str):
            return metrics, f"metrics must be named by strings, but got {name!r}"
        try:
            if isinstance(value, str | bytes):
                raise TypeError  # noqa: TRY301 - float() would take it
            metrics[name] = float(value)
        except (TypeError, ValueError, OverflowError, RuntimeError):  # torch raises the last
            return metrics, f"metric {name!r} must be a number, but got {value!r}"
    if metric not in metrics:
        return (
            metrics,
            f"the trial function must return the metric {metric!r}, but returned {sorted(metrics)}",
        )
    if not math.isfinite(metrics[metric]):
        return metrics, f"{metric} is {metrics[metric]}: the run diverged"
    return metrics, ""


@contextmanager
def _renewed(store: Store, key: str) -> Iterator[None]:
    """Renew the claim from a thread while a long trial runs."""
    stop = threading.Event()

    def renew() -> None:
        while not stop.wait(RENEW_S):
            with contextlib.suppress(StoreError):  # it may be back next time; if not, `finish` says so
                store.renew([key])

    thread = threading.Thread(target=renew, name="steelyard-renew", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=1)
