"""Every value comes back exactly as it went in, through text that any database takes and any tool reads."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import InputError, StoreError
from steelyard.study.store.codec import from_ascii, from_bytes, from_json, to_ascii, to_bytes, to_json

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
keys = st.text() | st.sampled_from(["$float", "$object"])
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


@given(value=values)
def test_json_comes_back_and_is_strict_ascii(value: object) -> None:
    text = to_json(value, name="value")
    assert repr(from_json(text)) == repr(value)
    assert text.isascii()
    assert "\0" not in text
    json.loads(text, parse_constant=_refuse)


def test_numpy_scalars_and_tuples_are_taken() -> None:
    assert to_json((np.float32(0.5), np.int64(3), np.bool_(True)), name="value") == "[0.5, 3, true]"
    assert to_json(np.float64("nan"), name="value") == '{"$float": "nan"}'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [{1}]}, r"`x.a\[0\]` must be a JSON value, but got set"),
        ({"a": {1: 2}}, "keys of `x.a` must be strings, but got 1"),
        (np.zeros(2), "`x` must be a JSON value, but got ndarray"),
    ],
)
def test_other_values_are_named_with_their_place(value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        to_json(value, name="x")


@given(value=st.lists(st.floats()))
def test_floats_keep_every_bit(value: list[float]) -> None:
    data = to_bytes(value)
    assert len(data) == 8 * len(value)
    assert to_bytes(from_bytes(data)) == data
    assert repr(from_bytes(data)) == repr(tuple(value))


@given(text=st.text(st.characters()))
def test_any_text_passes_through_ascii(text: str) -> None:
    kept = to_ascii(text)
    assert kept.isascii()
    assert "\0" not in kept
    assert from_ascii(kept) == text


def test_damage_is_noticed() -> None:
    with pytest.raises(StoreError, match="damaged"):
        from_json('{"loss": 0.')
    with pytest.raises(StoreError, match="damaged"):
        from_json('{"$float": "lots"}')
    with pytest.raises(StoreError, match="damaged"):
        from_bytes(b"1234567")
    with pytest.raises(StoreError, match="damaged"):
        from_ascii("\\x")
