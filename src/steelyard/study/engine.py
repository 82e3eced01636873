"""Many trials at a time, by joblib: processes on this machine (loky), or a Dask or Ray cluster."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any, Literal, Self

from steelyard.errors import InputError, MissingExtraError, TrialError

Backend = Literal["loky", "dask", "ray"]


def available_cores() -> int:
    """Return how many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def portable(function: Callable[..., Any]) -> bytes:
    """Return a function as bytes that any worker can load: by value where its module can't be imported there."""
    import cloudpickle  # noqa: PLC0415 - only when a study runs

    module = sys.modules.get(getattr(function, "__module__", None) or "")
    with ExitStack() as stack:
        if module is not None and not _importable(module):
            cloudpickle.register_pickle_by_value(module)
            stack.callback(cloudpickle.unregister_pickle_by_value, module)
        return bytes(cloudpickle.dumps(function))


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

    def __enter__(self) -> Self:
        if self._backend == "dask":
            self._stack.enter_context(_dask_client(self._workers, self._scheduler))
        elif self._backend == "ray":
            _register_ray()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def map(self, function: Callable[..., Any], tasks: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        """Yield `function(*task)` of each task, in whatever order they end.

        Raises:
            TrialError: a worker process died twice.
            KeyboardInterrupt: stopped; workers are killed, their claims free at once.
        """
        if self._backend == "loky" and self._workers == 1:
            for task in tasks:
                yield function(*task)
            return
        yield from self._parallel(function, tasks)

    def _parallel(self, function: Callable[..., Any], tasks: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        import joblib  # noqa: PLC0415 - only when a study runs
        from joblib.externals.loky.process_executor import TerminatedWorkerError  # noqa: PLC0415

        options = {"inner_max_num_threads": self._threads} if self._backend == "loky" else {}
        ordered = {"return_as": "generator_unordered"} if self._backend != "ray" else {}
        with joblib.parallel_config(backend=self._backend, n_jobs=self._workers, **options):
            parallel = joblib.Parallel(batch_size=1, pre_dispatch="all", **ordered)
            try:
                yield from parallel(joblib.delayed(function)(*task) for task in tasks)
            except TerminatedWorkerError as error:
                raise WorkerDiedError(
                    "a worker process died (often: out of memory); try fewer `workers`, or a smaller model"
                ) from error


class WorkerDiedError(TrialError):
    """A worker process was killed from outside."""


@contextmanager
def _dask_client(workers: int, scheduler: str | None) -> Iterator[None]:
    try:
        from distributed import Client, LocalCluster, get_client  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("`backend=\"dask\"` needs Dask: pip install 'steelyard[dask]'") from error
    if scheduler is not None:
        with Client(scheduler):  # type: ignore[no-untyped-call]  # distributed has no types
            yield
        return
    try:
        get_client()
    except ValueError:
        with (
            LocalCluster(  # type: ignore[no-untyped-call]  # distributed has no types
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
            ) as cluster,
            Client(cluster),  # type: ignore[no-untyped-call]  # distributed has no types
        ):
            yield
    else:
        yield


def _register_ray() -> None:
    try:
        from ray.util.joblib import register_ray  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("`backend=\"ray\"` needs Ray: pip install 'steelyard[ray]'") from error
    register_ray()


def _importable(module: ModuleType) -> bool:
    """Say whether another process can import a module by its name and would get the same file."""
    if module.__name__ == "__main__":
        return True  # cloudpickle takes it by value already
    try:
        spec = importlib.util.find_spec(module.__name__)
    except (ImportError, ValueError, AttributeError):
        return False
    return spec is not None and spec.origin == getattr(module, "__file__", None) and _on_path(module)


def _on_path(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    if file is None or "site-packages" in file or module.__name__.partition(".")[0] == "steelyard":
        return True
    parts = module.__name__.count(".") + 1 + file.endswith("__init__.py")
    folder = os.path.abspath(file)
    for _ in range(parts):
        folder = os.path.dirname(folder)
    on_every_path = {
        os.path.abspath(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry
    }
    return folder in on_every_path
