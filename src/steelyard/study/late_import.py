"""Do something once a module is imported: for state that only exists from then on, such as torch's generator."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


@contextmanager
def on_import(name: str, action: Callable[[], None]) -> Iterator[None]:
    """Call `action` right after the first import of a module inside the block; never, if it is loaded already.

    Args:
        name: the module, as in `sys.modules`.
        action: what to do.

    Example:
        >>> _ = sys.modules.pop("colorsys", None)
        >>> with on_import("colorsys", lambda: print("here")):
        ...     import colorsys
        here
    """
    if name in sys.modules:
        yield
        return
    finder = _Finder(name, action)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder(MetaPathFinder):
    """Finds one module as others would, with a loader that acts afterwards."""

    def __init__(self, name: str, action: Callable[[], None]) -> None:
        self._name, self._action, self._asking = name, action, False

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - Python's own contract
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname != self._name or self._asking:
            return None
        self._asking = True
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._asking = False
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._action)
        return spec


class _Loader(Loader):
    """Loads as another loader does, hands the module over to that one, then acts."""

    def __init__(self, loader: Loader, action: Callable[[], None]) -> None:
        self._loader, self._action = loader, action

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._action()
