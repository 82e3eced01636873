"""A trial function as bytes that a worker process can load."""

from __future__ import annotations

import functools
import importlib.machinery
import io
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from types import ModuleType
from typing import Any

from steelyard.errors import InputError
from steelyard.study.ownership import is_installed

_CACHED = type(functools.lru_cache(len))


def portable(function: Callable[..., Any], *, modules: Iterable[str], same_path: bool) -> bytes:
    """Return a function as bytes: by name where workers can import it, by value where they can't.

    Args:
        function: what `Study` was given.
        modules: names of the user's own modules that it uses.
        same_path: workers look for modules where this process does (`sys.path`), as loky's do; else only where
            `PYTHONPATH` says.

    Raises:
        InputError: something that the function holds can't be sent to another process.

    Example:
        >>> import pickle
        >>> pickle.loads(portable(abs, modules=(), same_path=True))(-2)
        2
    """
    own = [module for name in modules if (module := sys.modules.get(name)) is not None]
    unknown = [module for module in own if not _importable(module)]
    if same_path:
        return _pickled(function, by_value=unknown)
    elsewhere = [module for module in own if module in unknown or not _on_every_path(module)]
    try:
        return _pickled(function, by_value=elsewhere)
    except InputError:  # a module may hold what can't travel; workers that share a folder import it
        return _pickled(function, by_value=unknown)


def _pickled(function: Callable[..., Any], *, by_value: Iterable[ModuleType]) -> bytes:
    import cloudpickle  # noqa: PLC0415 - only when a study runs

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # cloudpickle has no types
        def reducer_override(self, part: Any) -> Any:
            if isinstance(part, _CACHED) and _by_value(part.__wrapped__, by_value):
                options = part.cache_parameters()
                return _cache_again, (options["maxsize"], options["typed"], part.__wrapped__)
            return super().reducer_override(part)

    out = io.BytesIO()
    with ExitStack() as stack:
        for module in by_value:
            cloudpickle.register_pickle_by_value(module)
            stack.callback(cloudpickle.unregister_pickle_by_value, module)
        try:
            Pickler(out).dump(function)
        except Exception as error:  # an object's own way to be pickled may raise anything
            raise InputError(
                f"the trial function must be able to travel to other processes, but what it uses can't ({error}); build that "
                "inside the function, put the function into a module of its own and import it, or run with workers=1"
            ) from error
    return out.getvalue()


def _by_value(function: Any, modules: Iterable[ModuleType]) -> bool:
    name = getattr(function, "__module__", None)
    return name == "__main__" or any(module.__name__ == name for module in modules)


def _cache_again(maxsize: int | None, typed: bool, function: Callable[..., Any]) -> Callable[..., Any]:
    return functools.lru_cache(maxsize, typed)(function)


def _importable(module: ModuleType) -> bool:
    """Say whether a process with the same `sys.path` would import the same file by the module's name."""
    if module.__name__ == "__main__":
        return True  # cloudpickle takes it by value already
    name = module.__name__
    package = name.rpartition(".")[0]
    if package and not (package in sys.modules and _importable(sys.modules[package])):
        return False
    try:
        spec = importlib.machinery.PathFinder.find_spec(name, _search_path(name))
    except (ImportError, ValueError, AttributeError):
        return False
    if spec is None:
        return False
    file = getattr(module, "__file__", None)
    if (
        file is None
    ):  # a folder without __init__.py; an installed package of the same name would be found before it
        own, found = getattr(module, "__path__", []), spec.submodule_search_locations or []
        return {*map(os.path.realpath, own)} <= {*map(os.path.realpath, found)}
    return spec.origin is not None and _same(spec.origin, file)


def _search_path(name: str) -> list[str] | None:
    package = name.rpartition(".")[0]
    return list(getattr(sys.modules.get(package), "__path__", [])) if package else None


def _same(first: str, second: str) -> bool:
    return os.path.realpath(first) == os.path.realpath(second)


def _on_every_path(module: ModuleType) -> bool:
    """Say whether a module is installed, or lies where `PYTHONPATH` tells every process to look."""
    file = getattr(module, "__file__", None)
    if file is None or is_installed(file):
        return True
    folder = os.path.abspath(file)
    for _ in range(module.__name__.count(".") + 1 + file.endswith("__init__.py")):
        folder = os.path.dirname(folder)
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return folder in {os.path.abspath(entry) for entry in entries if entry}
