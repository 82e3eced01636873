"""What a trial finds and leaves behind: processor threads, global generators, folder, environment and defaults.

Threads are fixed for a trial, so that its bits don't depend on how many trials run beside it.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from steelyard.errors import InputError
from steelyard.study.late_import import on_import

_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


@contextmanager
def limited_threads(threads: int | None) -> Iterator[None]:
    """Let numeric libraries use this many threads inside the block; those imported inside it too.

    Args:
        threads: at least 1; None leaves them as they are.

    Raises:
        InputError: a number below 1.
    """
    if threads is None:
        yield
        return
    if threads < 1:
        raise InputError(f"`threads` must be at least 1, but got {threads}")
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - loads numpy's neighbours

    before = {name: os.environ.get(name) for name in _VARIABLES}
    torch = sys.modules.get("torch")
    torch_before = torch.get_num_threads() if torch is not None else None
    os.environ.update(dict.fromkeys(_VARIABLES, str(threads)))
    if torch is not None:
        torch.set_num_threads(threads)
    try:
        with threadpool_limits(threads):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if torch is not None and torch_before is not None:
            torch.set_num_threads(torch_before)
        elif "torch" in sys.modules:  # imported meanwhile, with the threads of a trial
            sys.modules["torch"].set_num_threads(os.cpu_count() or 1)


@contextmanager
def surroundings_kept() -> Iterator[None]:
    """Put working folder, environment variables, numpy's error handling and torch's defaults back afterwards."""
    folder, variables = os.getcwd(), dict(os.environ)
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    errors = numpy.geterr() if numpy is not None else {}
    dtype, grad, exact, warn = "float32", True, False, False  # what torch starts with
    if torch is not None:
        dtype, grad = str(torch.get_default_dtype()).removeprefix("torch."), torch.is_grad_enabled()
        exact = torch.are_deterministic_algorithms_enabled()
        warn = torch.is_deterministic_algorithms_warn_only_enabled()
    try:
        yield
    finally:
        os.chdir(folder)
        for name in os.environ.keys() - variables.keys():
            del os.environ[name]
        os.environ.update({name: value for name, value in variables.items() if os.environ.get(name) != value})
        if numpy is not None:
            numpy.seterr(**errors)
        if (torch := sys.modules.get("torch")) is not None:
            torch.set_default_dtype(getattr(torch, dtype))
            torch.set_grad_enabled(grad)
            torch.use_deterministic_algorithms(exact, warn_only=warn)


@contextmanager
def global_generators_kept(seed: int) -> Iterator[None]:
    """Seed the global generators of Python, numpy and torch inside the block, and put them back to where they were.

    Torch's is seeded when torch gets imported, if that happens inside the block.

    Args:
        seed: at least 0.
    """
    python_state = random.getstate()
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    numpy_state = numpy.random.get_state() if numpy is not None else None
    torch_state = torch.get_rng_state() if torch is not None else None
    random.seed(seed)
    if numpy is not None:
        numpy.random.seed(seed % 2**32)
    if torch is not None:
        torch.manual_seed(seed)
    try:
        with on_import("torch", lambda: sys.modules["torch"].manual_seed(seed)):
            yield
    finally:
        random.setstate(python_state)
        if numpy is not None:
            numpy.random.set_state(numpy_state)
        if torch is not None:
            torch.set_rng_state(torch_state)
