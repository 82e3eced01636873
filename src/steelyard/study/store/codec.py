"""Values as a database keeps them: JSON, float64 bytes and ASCII text, each read back exactly as it was.

JSON has no nan and no infinity, yet a failed trial's metric is often just that. They are kept as the object
`{"$float": "nan"}`, so that the text stays strict JSON that any tool can read. A user's own object that looks like
such a mark is wrapped as `{"$object": ...}`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from steelyard.errors import InputError, StoreError

_FLOAT, _OBJECT = "$float", "$object"
_BYTES_A_FLOAT = 8


def to_json(value: Any, *, name: str) -> str:
    """Return a value as strict JSON in ASCII, nan and infinities marked.

    Args:
        value: None, bool, int, float, str, NumPy scalars, and lists, tuples and string-keyed mappings of these.
            Tuples come back as lists.
        name: what to call the value in an error.

    Raises:
        InputError: something that JSON can't hold.

    Examples:
        >>> to_json({"loss": float("nan"), "pairs": 3}, name="metrics")
        '{"loss": {"$float": "nan"}, "pairs": 3}'
    """
    return json.dumps(_marked(value, name), allow_nan=False)


def from_json(text: str) -> Any:
    """Return the value that `to_json` wrote.

    Raises:
        StoreError: the text isn't JSON: the store is damaged.

    Examples:
        >>> from_json('{"loss": {"$float": "-inf"}}')
        {'loss': -inf}
    """
    try:
        value = json.loads(text)
        return _unmarked(value) if '"$' in text else value
    except ValueError as error:
        raise StoreError(f"stored JSON must parse, but got {text[:60]!r}: the store is damaged") from error


def to_bytes(values: Sequence[float]) -> bytes:
    """Return numbers as little-endian float64, 8 bytes each; nan and infinities included.

    Examples:
        >>> to_bytes([1.0]).hex()
        '000000000000f03f'
    """
    return np.asarray(values, dtype="<f8").tobytes()


def from_bytes(data: bytes) -> tuple[float, ...]:
    """Return the numbers that `to_bytes` wrote, shape (n,).

    Raises:
        StoreError: not a whole number of floats: the store is damaged.

    Examples:
        >>> from_bytes(to_bytes([0.5, float("inf")]))
        (0.5, inf)
    """
    if len(data) % _BYTES_A_FLOAT:
        raise StoreError(
            f"a series must be whole float64 numbers, but got {len(data)} bytes: the store is damaged"
        )
    return tuple(np.frombuffer(data, dtype="<f8").tolist())


def to_ascii(text: str) -> str:
    r"""Return text with everything but printable ASCII escaped, for databases that refuse NUL or know no Unicode.

    Examples:
        >>> to_ascii("µ = 1\0")
        '\\xb5 = 1\\x00'
    """
    return text.encode("unicode_escape").decode("ascii")


def from_ascii(text: str) -> str:
    r"""Return the text that `to_ascii` escaped.

    Raises:
        StoreError: a broken escape: the store is damaged.

    Examples:
        >>> from_ascii("\\xb5")
        'µ'
    """
    try:
        return text.encode("ascii").decode("unicode_escape")
    except UnicodeError as error:
        raise StoreError(
            f"stored text must be escaped, but got {text[:60]!r}: the store is damaged"
        ) from error


def _marked(value: Any, where: str) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {_FLOAT: repr(float(value))}
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_marked(item, f"{where}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise InputError(f"keys of `{where}` must be strings, but got {key!r}; write str({key!r})")
        marked = {key: _marked(item, f"{where}.{key}") for key, item in value.items()}
        return {_OBJECT: marked} if _looks_marked(value) else marked
    raise InputError(
        f"`{where}` must be a JSON value, but got {type(value).__name__}; "
        "give None, bool, int, float, str, or lists and mappings of these"
    )


def _unmarked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unmarked(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _looks_marked(value):
        if _FLOAT in value:
            return float(value[_FLOAT])
        value = value[_OBJECT]
    return {key: _unmarked(item) for key, item in value.items()}


def _looks_marked(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)) in {_FLOAT, _OBJECT}
