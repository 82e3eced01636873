from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.language.meaning.grouping import Grouping, banded, even_firsts


def test_ranges_and_their_names() -> None:
    found = banded(np.array([0, 3, 4, 10]), (0, 1, 4, 5), by="length")
    assert found.names == ("0", "1 to 3", "4", "5 or more")
    assert found.group.tolist() == [0, 1, 2, 3]
    assert banded(np.array([1]), (1,), by="x").names == ("1 or more",)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=200), st.integers(1, 8))
def test_even_ranges_hold_every_value_and_none_is_empty(values: list[int], count: int) -> None:
    array = np.array(values)
    firsts = even_firsts(array, count=count)
    assert 1 <= len(firsts) <= count
    found = banded(array, firsts, by="x")
    assert set(found.group.tolist()) == set(range(len(firsts)))


def test_even_ranges_of_different_values_hold_equally_many() -> None:
    found = banded(np.arange(600), even_firsts(np.arange(600), count=6), by="x")
    assert np.bincount(found.group).tolist() == [100] * 6


@pytest.mark.parametrize(
    ("values", "firsts", "said"),
    [([1], (2, 2), "must increase"), ([1], (), "must increase"), ([0], (1, 5), "at least the first range")],
)
def test_ranges_that_say_nothing(values: list[int], firsts: tuple[int, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        banded(np.array(values), firsts, by="x")


def test_a_group_without_a_name() -> None:
    with pytest.raises(InputError, match="between 0 and 0, but got 0 to 1"):
        Grouping(by="x", names=("only",), group=np.array([0, 1]))


def test_no_values() -> None:
    assert even_firsts(np.empty(0, dtype=np.int64)) == (0,)
