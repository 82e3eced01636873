"""Whose code is it? What a person may edit between two runs counts by content, what is installed counts by name."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
import types
from pathlib import PurePath

_NOT_WALKED = ("steelyard.errors", "steelyard.study", "steelyard.cli", "steelyard.report")
"""Parts of this package that no result depends on; they count by the package's version."""

_INSTALLED = frozenset({"site-packages", "dist-packages"})
_HEAP_TYPE = 1 << 9


class Ownership:
    """Says which modules, functions and classes are the user's own: whatever isn't known to be installed.

    Args:
        home: top-level package of the trial function, own wherever it is installed.
    """

    def __init__(self, *, home: str = "") -> None:
        self._home = home
        self._known: dict[str, bool] = {}
        self.met: set[str] = set()
        """Names of the user's own modules that were asked about, without this package's."""

    def of_function(self, function: types.FunctionType) -> bool:
        """Say whether a function's code is the user's; a decorator's `wraps` doesn't hide where it is from."""
        return self.of_module(function.__globals__.get("__name__"))

    def of_class(self, cls: type) -> bool:
        """Say whether a class is the user's."""
        if cls.__module__ == "builtins":  # or made by `exec` without a module's name
            return (
                bool(cls.__flags__ & _HEAP_TYPE)
                and sys.modules["builtins"].__dict__.get(cls.__name__) is not cls
            )
        return self.of_module(cls.__module__)

    def of_module(self, name: object) -> bool:
        """Say whether a module is the user's; one that nobody can find (a notebook, `exec`) is."""
        if not isinstance(name, str) or name in {"__main__", "__mp_main__"}:
            return True
        if name == "builtins":
            return False
        top = name.partition(".")[0]
        if top == "steelyard":
            return not any(name == part or name.startswith(f"{part}.") for part in _NOT_WALKED)
        own = top == self._home or self._outside(name, top)
        if own:
            self.met.add(name)
        return own

    def _outside(self, name: str, top: str) -> bool:
        if name not in self._known:
            own = _found_outside(name)
            if own is None:
                own = _found_outside(top) if top != name else None
            if own is None:
                own = True
            if name not in sys.modules:  # it may yet be loaded from elsewhere
                return own
            self._known[name] = own
        return self._known[name]


def _found_outside(name: str) -> bool | None:
    """Say whether a module lies outside the standard library and installed packages; None where it can't be found."""
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None)
    file = getattr(module, "__file__", None)
    if module is None:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError, AttributeError):
            return None
    file = file or getattr(spec, "origin", None)
    if file in {"built-in", "frozen"}:
        return False
    places = [file] if file else [*(getattr(spec, "submodule_search_locations", None) or ())]
    return not all(is_installed(place) for place in places) if places else None


def is_installed(file: str) -> bool:
    """Say whether a file belongs to the standard library or to an installed package."""
    if not _INSTALLED.isdisjoint(PurePath(file).parts):
        return True
    standard = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    return any(file.startswith(folder + os.sep) for folder in standard if folder)
