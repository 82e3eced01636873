from __future__ import annotations

import operator
import signal
import threading

import pytest

from steelyard.errors import InputError
from steelyard.study.engine import Engine, WorkerDiedError, _quiet_end_of_workers, available_cores


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_is_answered_once(workers: int) -> None:
    """By a function that every process can import, as `run_trial` is."""
    with Engine(workers=workers, backend="loky", threads=1) as engine:
        assert sorted(engine.map(operator.floordiv, [(each, 2) for each in range(6)])) == [0, 0, 1, 1, 2, 2]
        with pytest.raises(ZeroDivisionError):
            list(engine.map(operator.floordiv, [(1, 0)]))
        assert list(engine.map(operator.floordiv, [(7, 2)])) == [3]


def test_no_workers_are_refused() -> None:
    with pytest.raises(InputError, match="`workers` must be at least 1, but got 0"):
        Engine(workers=0, backend="loky", threads=1)


def test_there_is_a_core() -> None:
    assert available_cores() >= 1


def test_only_the_end_of_killed_workers_is_quiet() -> None:
    said: list[str] = []

    class _ExecutorManagerThread(threading.Thread):
        def run(self) -> None:
            raise self.problem

        problem: Exception = KeyError(7)

    class Other(_ExecutorManagerThread):
        pass

    def shown(problem: threading.ExceptHookArgs) -> None:
        said.append(f"{type(problem.thread).__name__} {problem.exc_type.__name__}")

    before, threading.excepthook = threading.excepthook, shown
    try:
        with _quiet_end_of_workers():
            loud = _ExecutorManagerThread()
            loud.problem = ValueError()
            for thread in (_ExecutorManagerThread(), Other(), loud):
                thread.start()
                thread.join()
        assert threading.excepthook is shown
    finally:
        threading.excepthook = before
    assert said == ["Other KeyError", "_ExecutorManagerThread ValueError"]


@pytest.mark.slow
def test_a_dask_task_whose_workers_die_ends() -> None:
    pytest.importorskip("distributed")
    with Engine(workers=1, backend="dask", threads=1) as engine, pytest.raises(WorkerDiedError):
        list(engine.map(signal.raise_signal, [(signal.SIGKILL,)]))
