"""Content keys: what a trial function *does*, as far as its code can tell, so that an edit never reuses old results.

A function is known by its compiled code, its defaults, attributes and closure, and by everything of the user's own that
the code names: functions, classes and values, followed through the user's modules and through imports inside functions.
Comments, line numbers, annotations and the function's own docstring don't count. What comes from the standard library or
from installed packages counts by name only, except the package that the trial function itself is from. A key depends on
the version of Python, whose compiled code it hashes.

When it is wrong: code that is found by a text at run time (`eval`, `importlib.import_module(name)`, entry points, classes
found through `__subclasses__`), files and environment variables that the trial reads, and another version of an installed
package don't change the key. Name them in `parameters` or `data_fingerprint`. Global values count as they are when the study
is built; a study refuses to run once they have changed.
"""

from __future__ import annotations

import functools
import hashlib
import io
import pickle
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePath
from typing import Any, cast

from steelyard.errors import InputError
from steelyard.study.names_used import names_used
from steelyard.study.ownership import Ownership

_PLAIN = (
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    bytearray,
    range,
    type(None),
    type(...),
    type(NotImplemented),
)
_BOOKKEEPING = frozenset(
    {
        *(
            "__doc__",
            "__dict__",
            "__weakref__",
            "__module__",
            "__annotations__",
            "__firstlineno__",
            "__slots__",
        ),
        *("__static_attributes__", "__abstractmethods__", "__dataclass_fields__", "__dataclass_params__"),
        *(
            "__match_args__",
            "__orig_bases__",
            "__parameters__",
            "__type_params__",
            "__annotate__",
            "__annotate_func__",
        ),
        *(
            "__annotations_cache__",
            "__classdictcell__",
            "__slotnames__",
        ),  # the last is left by the first pickling
    }
)
"""Class attributes that repeat or decorate what the methods say."""

_DESCRIPTORS = (
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
)
_CACHED = type(functools.lru_cache(len))
_DISPATCHING = cast(types.FunctionType, functools.singledispatch(lambda _: None)).__code__
"""The code that all functions made by `functools.singledispatch` share; what they remember of calls changes with every new type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a function was found to be: its key, and the user's own modules that it uses."""

    key: str
    modules: frozenset[str]


def function_fingerprint(function: Callable[..., Any]) -> str:
    """Return a hex SHA-256 of what a function does.

    Args:
        function: a function, method, partial or callable object.

    Raises:
        InputError: it uses a value that has no stable description (an open file, a lock).

    Example:
        >>> def double(x):
        ...     return 2 * x
        >>> len(function_fingerprint(double))
        64
    """
    return function_content(function).key


def function_content(function: Callable[..., Any]) -> Content:
    """Return the key of a function, and which of the user's modules it uses.

    Raises:
        InputError: as `function_fingerprint`.
    """
    home = (getattr(function, "__module__", None) or "").partition(".")[0]
    ownership = Ownership(home="" if home in sys.stdlib_module_names else home)
    text = _Describer(ownership).describe_all(function, name=getattr(function, "__name__", "trial"))
    return Content(key=digest(text), modules=frozenset(ownership.met))


def digest(text: str) -> str:
    """Return the hex SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class _Describer:
    """Describes values as text. Functions, classes and modules are described once each, and named where they are used."""

    def __init__(self, ownership: Ownership) -> None:
        self._ownership = ownership
        self._seen: dict[int, str] = {}
        self._kept: list[object] = []  # so that no id is used twice
        self._queue: list[tuple[object, str]] = []

    def describe_all(self, value: object, *, name: str) -> str:
        """Return a text that is equal in every process for what does the same."""
        texts = [self.describe(value, name=name)]
        for each, used in self._queue:  # grows meanwhile
            match each:
                case types.FunctionType():
                    texts.append(self._function(each, name=used))
                case type():
                    texts.append(self._class(each))
                case types.ModuleType():
                    texts.append(self._module(each))
        return "\n".join(texts)

    def describe(self, value: object, *, name: str) -> str:  # noqa: PLR0911, PLR0912 - one case a kind of value
        """Return a text of one value; functions, classes and modules of the user's own are put off, and numbered."""

        def inner(part: object) -> str:
            return self.describe(part, name=name)

        cls = type(value)
        if cls in _PLAIN:
            return f"{cls.__name__}:{value!r}"
        match value:
            case Enum():
                return f"enum({inner(cls)},{value.name},{inner(value.value)})"
            case PurePath() if not self._ownership.of_class(cls):
                return f"path:{value}"
            case tuple() | list() if cls in {tuple, list}:
                return f"{cls.__name__}({','.join(inner(item) for item in value)})"
            case set() | frozenset() if cls in {set, frozenset}:
                return f"set({','.join(sorted(inner(item) for item in sorted(value, key=_order)))})"
            case dict() | types.MappingProxyType() if cls in {dict, types.MappingProxyType}:
                return f"dict({','.join(f'{inner(key)}={inner(item)}' for key, item in value.items())})"
            case types.ModuleType():
                own = self._ownership.of_module(value.__name__)
                return self._put_off(value, kind="module", name=name) if own else f"module:{value.__name__}"
            case types.CodeType():
                return self._code(value, name=name)
            case functools.partial() if cls is functools.partial:
                return f"partial({inner((value.func, value.args, value.keywords))})"
            case types.MethodType():
                return f"method({inner(value.__func__)},{inner(value.__self__)})"
            case staticmethod() | classmethod():
                return f"{cls.__name__}({inner(value.__func__)})"
            case property():
                return f"property({inner((value.fget, value.fset, value.fdel))})"
            case functools.cached_property():
                return f"cached_property({inner(value.func)})"
            case types.FunctionType() if value.__code__ is _DISPATCHING:
                return self._dispatching(value, name=name)
            case types.FunctionType():
                if self._ownership.of_function(value):
                    return self._put_off(value, kind="function", name=name)
                return f"library:{_label(value)}({','.join(self._softly(each, name=name) for each in _cells(value))})"
            case type():
                own = self._ownership.of_class(value)
                return self._put_off(value, kind="class", name=name) if own else f"library:{_label(value)}"
            case types.BuiltinFunctionType() if isinstance(value.__self__, types.ModuleType | type | None):
                return f"builtin:{value.__module__}.{value.__qualname__}"
            case types.BuiltinFunctionType() | types.MethodWrapperType():
                return f"builtin:{value.__qualname__} of {inner(value.__self__)}"
        if isinstance(value, _DESCRIPTORS):
            return f"builtin:{value.__objclass__.__qualname__}.{value.__name__}"
        if isinstance(value, _CACHED):
            return f"cached({inner(value.__wrapped__)})"
        return self._object(value, name=name)

    def _put_off(self, value: object, *, kind: str, name: str) -> str:
        if id(value) not in self._seen:
            self._seen[id(value)] = f"{kind}-{len(self._seen)}"
            self._kept.append(value)
            self._queue.append((value, name))
        return self._seen[id(value)]

    def _softly(self, value: object, *, name: str) -> str:
        """Describe what code that isn't the user's, or that may not be used, holds on to: by type where it can't be."""
        kinds: tuple[type, ...] = (
            *_PLAIN,
            types.MappingProxyType,
            types.ModuleType,
            tuple,
            list,
            dict,
            types.FunctionType,
            types.MethodType,
            type,
            functools.partial,
        )
        if isinstance(value, kinds) or self._ownership.of_class(type(value)) or _array_bytes(value):
            try:
                return self.describe(value, name=name)
            except InputError:
                pass
        return f"some:{_label(type(value))}"

    def _function(self, function: types.FunctionType, *, name: str) -> str:
        used = sorted(
            names_used(function.__code__, function.__globals__, ownership=self._ownership),
            key=lambda pair: pair[0],
        )
        parts = (
            self._code(function.__code__, name=name, docstring=function.__doc__),
            self.describe((function.__defaults__, function.__kwdefaults__), name=name),
            self.describe(_cells(function), name=name),
            self.describe(dict(vars(function)), name=name),
            *(f"{label}={self.describe(value, name=label)}" for label, value in used),
        )
        return f"function({'|'.join(parts)})"

    def _dispatching(self, function: Any, *, name: str) -> str:
        """Describe a `singledispatch` function by what it was made of, without what it remembers of its calls."""
        own = {
            kind: each
            for kind, each in function.registry.items()
            if isinstance(each, types.FunctionType) and self._ownership.of_function(each)
        }
        return f"dispatching({self.describe((function.__wrapped__, own), name=name)})"

    def _code(self, code: types.CodeType, *, name: str, docstring: str | None = None) -> str:
        constants = list(code.co_consts)
        if docstring is not None and constants and constants[0] == docstring:
            constants[0] = None
        parts = (
            code.co_code.hex(),
            code.co_flags,
            (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount),
            code.co_names,
            code.co_varnames,
            code.co_freevars,
            code.co_cellvars,
            code.co_exceptiontable.hex(),
        )
        return f"code({parts}{[self.describe(constant, name=name) for constant in constants]})"

    def _class(self, cls: type) -> str:
        above = [self.describe(each, name=cls.__name__) for each in (type(cls), *cls.__bases__)]
        members = [
            f"{member}={self.describe(value, name=f'{cls.__name__}.{member}')}"
            for member, value in sorted(vars(cls).items())
            if member not in _BOOKKEEPING
            and not member.startswith("_abc_")
            and not isinstance(value, types.MemberDescriptorType)
        ]
        return f"class({above},{';'.join(members)})"

    def _module(self, module: types.ModuleType) -> str:
        """Describe a module of which anything may be used: its text, and everything that its code names."""
        file = getattr(module, "__file__", None)
        try:
            text = Path(file).read_text(encoding="utf-8") if file else ""
            code = compile(text, "<module>", "exec", dont_inherit=True)
        except (OSError, SyntaxError, ValueError):  # compiled, or gone meanwhile
            text, code = "", None
        if code is None or not text:
            used = [pair for pair in vars(module).items() if not pair[0].startswith("__")]
        else:
            used = list(names_used(code, vars(module), ownership=self._ownership))
        named = [
            f"{label}={self._softly(value, name=label)}"
            for label, value in sorted(used, key=lambda pair: pair[0])
        ]
        return f"module({digest(text)},{';'.join(named)})"

    def _object(self, value: object, *, name: str) -> str:
        if (array := _array_bytes(value)) is not None:
            return array
        if (compiled := _compiled(value)) is not None:  # its pickle has a random number in it
            return f"compiled({self.describe(compiled, name=name)})"
        cls = type(value)
        if id(value) in self._seen:
            return self._seen[id(value)]
        self._seen[id(value)] = f"object-{len(self._seen)}"
        self._kept.append(value)
        kind = self.describe(cls, name=name)
        try:
            return f"object({kind},{self._pickled(value, name=name)})"
        except InputError:
            raise
        except Exception as error:  # a class's own way to be pickled may raise anything
            wrapped = getattr(value, "__wrapped__", None)
            if wrapped is not None and not self._ownership.of_class(cls):
                return f"wrapped({kind},{self.describe(wrapped, name=name)})"
            if state := _state(value):
                return f"object({kind},{self.describe(state, name=name)})"
            raise InputError(
                f"everything a trial function uses must have a stable description, but `{name}` is a "
                f"{cls.__qualname__} ({error}); build it inside the function, or pass what it is made from through "
                "`parameters`"
            ) from error

    def _pickled(self, value: object, *, name: str) -> str:
        out = io.BytesIO()
        _Pickler(out, value, lambda part: self.describe(part, name=name)).dump(value)
        return hashlib.sha256(out.getvalue()).hexdigest()


class _Pickler(pickle.Pickler):
    """Pickles an object, with descriptions in place of what pickle would only name or not write down the same twice."""

    _DESCRIBED = (types.FunctionType, type, types.ModuleType, types.CodeType, set, frozenset, _CACHED)

    def __init__(self, out: io.BytesIO, root: object, describe: Callable[[object], str]) -> None:
        super().__init__(out, protocol=4)
        self._root, self._describe = root, describe

    def persistent_id(self, part: object) -> str | None:
        if part is self._root:
            return None
        return self._describe(part) if isinstance(part, self._DESCRIBED) else _array_bytes(part)


def _compiled(value: Any) -> tuple[object, object] | None:
    """Return the function that numba compiles (or that writes an intrinsic's code), and how; None for anything else."""
    dispatchers, extending = (sys.modules.get(f"numba.core.{name}") for name in ("dispatcher", "extending"))
    if dispatchers is not None and isinstance(value, dispatchers.Dispatcher):
        return value.py_func, value.targetoptions
    if extending is not None and isinstance(value, extending._Intrinsic):  # noqa: SLF001 - has no public name
        return value._defn, value._prefer_literal  # noqa: SLF001
    return None


def _label(value: Any) -> str:
    return f"{value.__module__}.{value.__qualname__}"


def _order(item: object) -> tuple[str, str]:
    """Return a place among a set's members that doesn't depend on hashes."""
    return type(item).__name__, str(getattr(item, "__qualname__", None) or repr(item))


def _cells(function: types.FunctionType) -> list[object]:
    return [cell.cell_contents for cell in function.__closure__ or () if not _is_empty(cell)]


def _is_empty(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - raises when empty
    except ValueError:
        return True
    return False


def _state(value: object) -> dict[str, object]:
    """Return the attributes of an object, from its dict and its slots."""
    state: dict[str, object] = dict(getattr(value, "__dict__", {}))
    for base in type(value).__mro__:
        slots = base.__dict__.get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            if hasattr(value, slot) and slot not in {"__dict__", "__weakref__"}:
                state[slot] = getattr(value, slot)
    return state


def _array_bytes(value: Any) -> str | None:
    """Describe an array or dense tensor by type, shape and bytes; None for anything else."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    cls = type(value)
    if (
        numpy is not None
        and (cls is numpy.ndarray or isinstance(value, numpy.generic))
        and not value.dtype.hasobject
    ):
        return f"array:{value.dtype.descr}:{value.shape}:{hashlib.sha256(value.tobytes()).hexdigest()}"
    if torch is not None and cls in {torch.Tensor, torch.nn.Parameter} and value.layout is torch.strided:
        tensor = value.detach().cpu().resolve_conj().resolve_neg().contiguous().view(-1)
        raw = tensor.view(torch.uint8).numpy().tobytes()
        return f"tensor:{value.dtype}:{tuple(value.shape)}:{value.requires_grad}:{hashlib.sha256(raw).hexdigest()}"
    return None
