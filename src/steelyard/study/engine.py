"""Many trials at a time: processes on this machine (joblib's loky), a Dask cluster, or Ray (by joblib)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Literal, Self

from steelyard.errors import InputError, MissingExtraError, TrialError

Backend = Literal["loky", "dask", "ray"]
_DIED = "a worker process died (often: out of memory); try fewer `workers`, or a smaller model"


def available_cores() -> int:
    """Return how many processor cores this process may use: affinity, limits of a container and LOKY_MAX_CPU_COUNT count."""
    from joblib import cpu_count  # noqa: PLC0415 - only when a study runs

    return int(cpu_count())


class Engine:
    """Maps tasks to workers and yields their results as they come; use it as a context manager.

    Args:
        workers: tasks at a time; 1 runs them in this process.
        backend: `loky`, `dask` (a client that exists, an address, or a local cluster) or `ray`.
        threads: processor threads a task.
        scheduler: address of a Dask scheduler.

    Raises:
        InputError: fewer than 1 worker.
        MissingExtraError: Dask or Ray isn't installed.
    """

    def __init__(self, *, workers: int, backend: Backend, threads: int, scheduler: str | None = None) -> None:
        if workers < 1:
            raise InputError(f"`workers` must be at least 1, but got {workers}")
        self._workers, self._backend, self._threads, self._scheduler = workers, backend, threads, scheduler
        self._stack = ExitStack()
        self._client: Any = None

    @property
    def in_this_process(self) -> bool:
        """Say whether tasks run here, one after the other."""
        return self._backend == "loky" and self._workers == 1

    @property
    def same_path(self) -> bool:
        """Say whether workers look for modules where this process does."""
        return self._backend == "loky"

    def __enter__(self) -> Self:
        if self._backend == "dask":
            self._client = self._stack.enter_context(_dask_client(self._workers, self._scheduler))
        elif self._backend == "ray":
            _register_ray()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def map(self, function: Callable[..., Any], tasks: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        """Yield `function(*task)` of each task, in whatever order they end.

        Raises:
            WorkerDiedError: a worker process was killed.
            KeyboardInterrupt: stopped; workers are killed, their claims free at once.
        """
        if self.in_this_process:
            for task in tasks:
                yield function(*task)
        elif self._client is not None:
            yield from self._on_dask(function, tasks)
        else:
            yield from self._by_joblib(function, tasks)

    def _on_dask(self, function: Callable[..., Any], tasks: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        """Ask Dask itself: joblib's own way there waits forever for a task whose workers died (joblib 1.6)."""
        from distributed import KilledWorker, as_completed  # noqa: PLC0415 - an extra

        futures = [self._client.submit(function, *task, pure=False) for task in tasks]
        try:
            for future in as_completed(futures):  # type: ignore[no-untyped-call]  # distributed has no types
                yield future.result()
        except KilledWorker as error:
            raise WorkerDiedError(_DIED) from error
        finally:
            self._client.cancel(futures)

    def _by_joblib(self, function: Callable[..., Any], tasks: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        import joblib  # noqa: PLC0415 - only when a study runs
        from joblib.externals.loky.process_executor import TerminatedWorkerError  # noqa: PLC0415

        options = {"inner_max_num_threads": self._threads} if self._backend == "loky" else {}
        ordered = {"return_as": "generator_unordered"} if self._backend != "ray" else {}
        with (
            joblib.parallel_config(backend=self._backend, n_jobs=self._workers, **options),
            _quiet_end_of_workers(),
        ):
            parallel = joblib.Parallel(batch_size=1, pre_dispatch="all", **ordered)
            try:
                yield from parallel(joblib.delayed(function)(*task) for task in tasks)
            except TerminatedWorkerError as error:
                raise WorkerDiedError(_DIED) from error


class WorkerDiedError(TrialError):
    """A worker process was killed from outside."""


@contextmanager
def _quiet_end_of_workers() -> Iterator[None]:
    """Keep loky's managing thread from printing a KeyError when its workers are killed on Ctrl-C (a race in loky 3.5)."""
    shown = threading.excepthook

    def hook(problem: threading.ExceptHookArgs) -> None:
        if not (
            type(problem.thread).__name__ == "_ExecutorManagerThread"
            and issubclass(problem.exc_type, KeyError)
        ):
            shown(problem)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = shown


@contextmanager
def _dask_client(workers: int, scheduler: str | None) -> Iterator[Any]:
    try:
        from distributed import Client, LocalCluster, get_client  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("`backend=\"dask\"` needs Dask: pip install 'steelyard[dask]'") from error
    if scheduler is not None:
        with Client(scheduler) as client:  # type: ignore[no-untyped-call]  # distributed has no types
            yield client
        return
    try:
        client = get_client()
    except ValueError:
        with (
            LocalCluster(  # type: ignore[no-untyped-call]  # distributed has no types
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
            ) as cluster,
            Client(cluster) as client,  # type: ignore[no-untyped-call]  # distributed has no types
        ):
            yield client
    else:
        yield client


def _register_ray() -> None:
    try:
        from ray.util.joblib import register_ray  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("`backend=\"ray\"` needs Ray: pip install 'steelyard[ray]'") from error
    register_ray()
