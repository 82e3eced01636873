"""What a piece of code names: its globals, and what it imports from the user's own modules."""

from __future__ import annotations

import builtins
import dis
import importlib
import importlib.util
import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any

from steelyard.study.ownership import Ownership

_GLOBAL = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}
_ATTRIBUTE = {"LOAD_ATTR", "LOAD_METHOD"}
_PADDING = {"EXTENDED_ARG", "CACHE", "PRECALL"}
_ABSENT = object()


def names_used(
    code: types.CodeType, namespace: Mapping[str, Any], *, ownership: Ownership
) -> Iterator[tuple[str, object]]:
    """Yield each global that the code and the code inside it name, with its value.

    `module.name` gives the value of `name`; a module that is used in any other way is given itself, since nobody knows which
    parts are used. A name that isn't there yet gives a mark of that, so that defining it changes what is yielded.
    """
    for part in _codes(code):
        instructions = [each for each in dis.get_instructions(part) if each.opname not in _PADDING]
        for position, instruction in enumerate(instructions):
            if instruction.opname in _GLOBAL:
                yield from _global(instructions, position, namespace, ownership)
            elif instruction.opname == "IMPORT_NAME":
                level, names = (instructions[position - back].argval for back in (2, 1))
                yield from _imported(str(instruction.argval), level, names, namespace, ownership)


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _global(
    instructions: list[dis.Instruction], position: int, namespace: Mapping[str, Any], ownership: Ownership
) -> Iterator[tuple[str, object]]:
    label = str(instructions[position].argval)
    if label not in namespace:
        if not hasattr(builtins, label):
            yield label, "a name that is not defined"
        return
    value = namespace[label]
    for following in instructions[position + 1 :]:
        if following.opname not in _ATTRIBUTE or not _is_own_module(value, ownership):
            break
        value = _member(value, str(following.argval))
        label = f"{label}.{following.argval}"
    if value is not _ABSENT:
        yield label, value


def _imported(
    name: str, level: object, names: object, namespace: Mapping[str, Any], ownership: Ownership
) -> Iterator[tuple[str, object]]:
    package = str(namespace.get("__package__") or "")
    try:
        full = (
            importlib.util.resolve_name("." * level + name, package)
            if isinstance(level, int) and level
            else name
        )
    except ImportError:
        return
    if not isinstance(names, tuple):  # `import a.b`: a and a.b may both be used
        parts = full.split(".")
        for end in range(1, len(parts) + 1):
            if (module := _load(".".join(parts[:end]), ownership)) is not None:
                yield module.__name__, module
        return
    module = _load(full, ownership)
    for each in names if module is not None else ():
        value = module if each == "*" else _member(module, str(each))
        if value is not _ABSENT:
            yield f"{full}.{each}", value


def _is_own_module(value: object, ownership: Ownership) -> bool:
    return isinstance(value, types.ModuleType) and ownership.of_module(value.__name__)


def _member(module: Any, name: str) -> object:
    """Return an attribute of a module, or the submodule of that name."""
    value = getattr(module, name, _ABSENT)
    if value is _ABSENT and hasattr(module, "__path__"):
        value = _import(f"{module.__name__}.{name}") or _ABSENT
    return value


def _load(name: str, ownership: Ownership) -> types.ModuleType | None:
    return _import(name) if ownership.of_module(name) else None


def _import(name: str) -> types.ModuleType | None:
    if name in sys.modules:
        return sys.modules[name]
    try:
        return importlib.import_module(name)
    except Exception:  # noqa: BLE001 - a user's module may raise anything; the trial will say so when it imports it
        return None
