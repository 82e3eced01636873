"""Do workers run the code that the trial's key describes? Own modules in memory, on disk, and in a worker.

A worker imports the user's modules from their files, while the key was made from what this process has in memory. The two
differ when a file was edited and not loaded again, or when a constant was set from outside (`config.RATE = 0.1` in a notebook).
And a worker that lives on from an earlier study has the modules as they were then.

When it is wrong: an edit that changes neither a function nor a module-level constant that is written as a literal isn't noticed
until the module is loaded again.
"""

from __future__ import annotations

import ast
import hashlib
import sys
import types
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from steelyard.errors import InputError

_CONSTANT = (bool, int, float, complex, str, bytes, tuple, type(None))
_first_seen: dict[str, str] = {}
"""Digest of each module's file when a worker process first looked at it."""


class StaleCodeError(InputError):
    """A worker that has other code than the process that asks it."""


def digests(modules: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of the source file of each module that has one.

    Raises:
        InputError: a module in memory is not what its file says.

    Example:
        >>> digests(["json.decoder"]).keys()
        dict_keys(['json.decoder'])
    """
    found = {}
    for name in sorted(modules):
        module = sys.modules.get(name)
        if module is None or (text := _source(module)) is None:
            continue
        if differing := next(_differences(module, text), ""):
            raise InputError(
                f"workers import modules from their files, which must say what this process has in memory, but `{name}.{differing}` "
                "is another there; load the module again (importlib.reload) or restart, pass what you set through `parameters`, "
                "or run with workers=1"
            )
        found[name] = _digest(text)
    return found


def check_loaded(expected: Mapping[str, str]) -> None:
    """Refuse to go on where a module was loaded from another text than expected; those not loaded yet don't count.

    Args:
        expected: module name -> digest, from the process that asks.

    Raises:
        StaleCodeError: this process has another version.
    """
    for name, digest in expected.items():
        module = sys.modules.get(name)
        if module is None:
            continue
        if name not in _first_seen:
            text = _source(module)
            _first_seen[name] = digest if text is None else _digest(text)
        if _first_seen[name] != digest:
            raise StaleCodeError(
                f"workers must have the code that this process has, but one has another version of `{name}`: it was edited while "
                "the study ran, or the worker is older than the edit; run again, and restart the workers of a cluster"
            )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _source(module: types.ModuleType) -> str | None:
    """Return the text of a module that Python itself loaded from a file; None for any other."""
    file = getattr(module, "__file__", None)
    if type(getattr(module, "__loader__", None)) is not SourceFileLoader or file is None:
        return None
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _differences(module: types.ModuleType, text: str) -> Iterator[str]:
    """Yield names of functions and constants that are in memory what they aren't in the file."""
    try:
        tree = ast.parse(text)
        written = {_shape(code) for code in _codes(compile(text, "<file>", "exec", dont_inherit=True))}
    except (SyntaxError, ValueError):
        yield "(the whole file)"
        return
    for label, value in list(vars(module).items()):
        if isinstance(value, types.FunctionType | type) and value.__module__ == "__main__":
            yield label
    for label, function in _functions(module):
        if _shape(function.__code__) not in written:
            yield label
    for label, constant in _constants(tree):
        if label in vars(module):
            held = vars(module)[label]
            if isinstance(held, _CONSTANT) and repr(held) != repr(constant):
                yield label


def _functions(module: types.ModuleType) -> Iterator[tuple[str, types.FunctionType]]:
    """Yield the functions and methods that were written in a module's file."""
    file = Path(str(module.__file__)).name
    for label, value in list(vars(module).items()):
        inside = (
            vars(value).items() if isinstance(value, type) and value.__module__ == module.__name__ else ()
        )
        for name, each in ((label, value), *((f"{label}.{member}", part) for member, part in inside)):
            function: Any = getattr(each, "__func__", getattr(each, "fget", each))
            if (
                isinstance(function, types.FunctionType)
                and function.__module__ == module.__name__
                and Path(function.__code__.co_filename).name == file
            ):
                yield name, function


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _shape(code: types.CodeType) -> tuple[Any, ...]:
    """Return what a code does, without where it stands."""
    constants = tuple(
        _shape(each)
        if isinstance(each, types.CodeType)
        else repr(sorted(each, key=repr) if isinstance(each, frozenset) else each)
        for each in code.co_consts
    )
    return code.co_code, code.co_names, code.co_varnames, code.co_freevars, constants


def _constants(tree: ast.Module) -> Iterator[tuple[str, object]]:
    """Yield names that a file gives one literal value, once, and never declares global."""
    stored = Counter(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    written = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                continue
        if stored[name] == 1 and name not in written:
            try:
                literal = ast.literal_eval(value)
            except (ValueError, TypeError):
                continue
            if isinstance(literal, _CONSTANT):
                yield name, literal
