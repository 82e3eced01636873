"""Content keys: what a trial function *does*, as far as its code can tell, so that an edit never reuses old results.

A function is known by its compiled code, its defaults and closure, and by everything of the user's own that the code
names: functions, classes and constants, followed through the user's modules and through imports inside functions.
Comments, line numbers and the function's own docstring don't count. What comes from the standard library or from
installed packages counts by name only. A key depends on the version of Python, whose compiled code it hashes.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import importlib
import importlib.util
import pickle
import sys
import sysconfig
import types
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path, PurePath
from typing import Any

from steelyard.errors import InputError

_NOT_WALKED = ("steelyard.errors", "steelyard.study", "steelyard.cli", "steelyard.report")
"""Parts of this package that no result depends on; they count by the package's version."""


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
    return digest(_Describer().describe(function, name=getattr(function, "__name__", "trial")))


def digest(text: str) -> str:
    """Return the hex SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_BOOKKEEPING = frozenset(
    ["__doc__", "__dict__", "__weakref__", "__module__", "__annotations__", "__firstlineno__", "__static_attributes__", "__abstractmethods__", "__dataclass_fields__", "__dataclass_params__", "__match_args__", "__slots__"]
)
"""Class attributes that repeat or decorate what the methods say."""


class _Describer:
    """Describes values as text, each function and class once."""

    def __init__(self) -> None:
        self._seen: dict[int, str] = {}
        self._kept: list[object] = []  # so that no id is used twice

    def describe(self, value: object, *, name: str) -> str:  # noqa: PLR0911, PLR0912 - one case a kind of value
        """Return a text that is equal for equal values in any process."""
        match value:
            case None | bool() | int() | float() | complex() | str() | bytes() | types.EllipsisType():
                return f"{type(value).__name__}:{value!r}"
            case Enum():
                return f"enum:{type(value).__module__}.{value}"
            case PurePath():
                return f"path:{value}"
            case tuple() | list():
                parts = ",".join(self.describe(item, name=name) for item in value)
                return f"{type(value).__name__}({parts})"
            case set() | frozenset():
                return f"set({','.join(sorted(self.describe(item, name=name) for item in value))})"
            case dict() | types.MappingProxyType():
                pairs = sorted(
                    f"{self.describe(key, name=name)}={self.describe(item, name=name)}"
                    for key, item in value.items()
                )
                return f"dict({','.join(pairs)})"
            case types.ModuleType():
                return f"module:{value.__name__}"
            case types.CodeType():
                return self._code(value, name=name)
            case functools.partial():
                return f"partial({self.describe((value.func, value.args, value.keywords), name=name)})"
            case types.MethodType():
                return f"method({self.describe(value.__func__, name=name)},{self.describe(value.__self__, name=name)})"
            case staticmethod() | classmethod():
                return f"{type(value).__name__}({self.describe(value.__func__, name=name)})"
            case property():
                return f"property({self.describe((value.fget, value.fset), name=name)})"
            case types.FunctionType() | type():
                return self._once(value, name=name)
        if isinstance(
            wrapped := getattr(value, "__wrapped__", None), types.FunctionType
        ):  # functools.cache, decorators
            return f"wrapped({self.describe(wrapped, name=name)})"
        if isinstance(
            value, types.BuiltinFunctionType | types.MethodDescriptorType | types.WrapperDescriptorType
        ):
            return f"builtin:{getattr(value, '__module__', '')}.{value.__qualname__}"
        return self._object(value, name=name)

    def _once(self, value: types.FunctionType | type, *, name: str) -> str:
        label = f"{value.__module__}.{value.__qualname__}"
        if not _is_own(value.__module__):
            return f"library:{label}"
        if id(value) in self._seen:
            return self._seen[id(value)]
        kind = "class" if isinstance(value, type) else "function"
        self._seen[id(value)] = f"{kind}-{len(self._seen)}"
        self._kept.append(value)
        return self._class(value) if isinstance(value, type) else self._function(value, name=name)

    def _function(self, function: types.FunctionType, *, name: str) -> str:
        code = function.__code__
        cells = [cell.cell_contents for cell in function.__closure__ or () if not _is_empty(cell)]
        used = [
            f"{used}={self.describe(value, name=used)}"
            for used, value in sorted(_globals_used(function), key=lambda pair: pair[0])
        ]
        parts = (
            self._code(code, name=name, docstring=function.__doc__),
            self.describe((function.__defaults__, function.__kwdefaults__), name=name),
            self.describe(cells, name=name),
            ";".join(used),
        )
        return f"function({'|'.join(parts)})"

    def _code(self, code: types.CodeType, *, name: str, docstring: str | None = None) -> str:
        constants = list(code.co_consts)
        if docstring is not None and constants and constants[0] == docstring:
            constants[0] = None
        parts = (
            code.co_code.hex(),
            code.co_names,
            code.co_varnames,
            code.co_freevars,
            code.co_exceptiontable.hex(),
        )
        return f"code({parts}{[self.describe(constant, name=name) for constant in constants]})"

    def _class(self, cls: type) -> str:
        bases = [self.describe(base, name=cls.__name__) for base in cls.__bases__]
        members = [
            f"{member}={self.describe(value, name=f'{cls.__name__}.{member}')}"
            for member, value in sorted(vars(cls).items())
            if member not in _BOOKKEEPING
            and not member.startswith("_abc_")
            and not isinstance(value, types.MemberDescriptorType)
        ]
        return f"class({bases},{';'.join(members)})"

    def _object(self, value: object, *, name: str) -> str:
        if (array := _array_bytes(value)) is not None:
            return array
        cls = type(value)
        if id(value) in self._seen:
            return self._seen[id(value)]
        self._seen[id(value)] = f"object-{len(self._seen)}"
        self._kept.append(value)
        if not _is_own(cls.__module__):
            try:
                return f"pickle:{_label(cls)}:{hashlib.sha256(pickle.dumps(value, 4)).hexdigest()}"
            except (pickle.PicklingError, TypeError, AttributeError, NotImplementedError) as error:
                if not _state(value):
                    raise InputError(
                        f"everything a trial function uses must have a stable description, but `{name}` is a "
                        f"{cls.__qualname__} ({error}); build it inside the function, or pass what it is made from through "
                        "`parameters`"
                    ) from error
        return f"object({self.describe(cls, name=name)},{self.describe(_state(value), name=name)})"


def _label(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _state(value: object) -> dict[str, object]:
    """Return the attributes of an object, from its dict and its slots."""
    state: dict[str, object] = dict(getattr(value, "__dict__", {}))
    for base in type(value).__mro__:
        slots = base.__dict__.get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            if hasattr(value, slot) and slot not in {"__dict__", "__weakref__"}:
                state[slot] = getattr(value, slot)
    return state


def _globals_used(function: types.FunctionType) -> Iterator[tuple[str, object]]:
    """Yield the global names a function's code uses, with their values, and names it imports from user modules."""
    for code in _codes(function.__code__):
        module: types.ModuleType | None = None
        instructions = list(dis.get_instructions(code))
        for position, instruction in enumerate(instructions):
            operation, name = instruction.opname, instruction.argval
            if operation in {"LOAD_GLOBAL", "LOAD_NAME"}:
                if name in function.__globals__:
                    value = function.__globals__[name]
                    yield name, value
                    module = value if isinstance(value, types.ModuleType) else None
                else:
                    module = None
            elif operation == "IMPORT_NAME":
                level = instructions[position - 2].argval
                module = _import_own(name, level if isinstance(level, int) else 0, function.__globals__)
                if module is not None and instructions[position - 1].argval is None:
                    yield (
                        f"{name} as a whole",
                        _source(module),
                    )  # `import name`: which parts it uses isn't known
            elif operation in {"IMPORT_FROM", "LOAD_ATTR", "LOAD_METHOD"} and module is not None:
                label = f"{module.__name__}.{name}"
                value = getattr(module, name, None) if _is_own(module.__name__) else None
                if operation == "IMPORT_FROM":
                    if value is not None:
                        yield label, value
                else:
                    if value is not None:
                        yield label, value
                    module = value if isinstance(value, types.ModuleType) else None


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _import_own(name: str, level: int, namespace: Mapping[str, Any]) -> types.ModuleType | None:
    """Return a module that a function imports, None where it isn't the user's own or can't be imported."""
    package = str(namespace.get("__package__") or "")
    try:
        full = importlib.util.resolve_name("." * level + name, package) if level else name
        return importlib.import_module(full) if full and _is_own(full) else None
    except ImportError:
        return None


def _source(module: types.ModuleType) -> str:
    file = getattr(module, "__file__", None)
    return Path(file).read_text(encoding="utf-8", errors="replace") if file else module.__name__


@functools.cache
def _is_own(module_name: str | None) -> bool:  # noqa: PLR0911 - one return a kind of module
    """Say whether a module is the user's own (or one of the built-in systems): neither standard nor installed."""
    if module_name is None or module_name == "builtins":
        return False
    if module_name == "__main__":
        return True
    top = module_name.partition(".")[0]
    if top == "steelyard":
        return not module_name.startswith(_NOT_WALKED)
    if top in sys.stdlib_module_names:
        return False
    module = sys.modules.get(module_name)
    file = getattr(module, "__file__", None)
    if file is None:
        try:
            spec = importlib.util.find_spec(module_name) if module is None else None
        except (ImportError, ValueError):
            return False
        file = spec.origin if spec else None
        if file is None:
            return module is not None and module.__name__ == "__mp_main__"
    installed = {sysconfig.get_path(kind) for kind in ("purelib", "platlib", "stdlib", "platstdlib")}
    return not any(file.startswith(folder) for folder in installed if folder)


def _is_empty(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - raises when empty
    except ValueError:
        return True
    return False


def _array_bytes(value: object) -> str | None:
    """Describe an array or tensor by type, shape and bytes; None for anything else."""
    module = type(value).__module__.partition(".")[0]
    if module == "torch" and hasattr(value, "detach") and hasattr(value, "cpu"):
        tensor = value.detach().cpu()
        raw = tensor.contiguous().view(-1).view(sys.modules["torch"].uint8).numpy().tobytes()
        return f"tensor:{tensor.dtype}:{tuple(tensor.shape)}:{hashlib.sha256(raw).hexdigest()}"
    if (
        module == "numpy"
        and hasattr(value, "tobytes")
        and hasattr(value, "dtype")
        and not value.dtype.hasobject
    ):
        shape = getattr(value, "shape", ())
        return f"array:{value.dtype.str}:{shape}:{hashlib.sha256(value.tobytes()).hexdigest()}"
    return None
