"""Watch a training: what the loss means while it falls, and what stands out, with numbers and a way out.

The module itself can be called: `steelyard.watch(...)` is `steelyard.watch.call.watch(...)`, and `steelyard.watch.finding` remains a module.
Importing it loads no numpy and no torch.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard.watch.call import watch
    from steelyard.watch.expected import ExpectedInputs

__all__ = ["ExpectedInputs", "watch"]

_HOMES = {"ExpectedInputs": "steelyard.watch.expected", "watch": "steelyard.watch.call"}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


class _CallableModule(ModuleType):
    """A module whose call is its main function."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return import_module("steelyard.watch.call").watch(*args, **options)


sys.modules[__name__].__class__ = _CallableModule
