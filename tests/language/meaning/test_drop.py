from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.language.meaning.drop import drop
from steelyard.language.meaning.grouping import Grouping


@given(st.integers(1, 300), st.integers(1, 9), st.integers(0, 2**32))
def test_parts_sum_to_the_whole(tokens: int, groups: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = rng.exponential(3, tokens), rng.exponential(2, tokens)
    group = rng.integers(0, groups, tokens)
    found = drop(before, after, Grouping(by="x", names=tuple(map(str, range(groups))), group=group))
    assert math.fsum(part.part_nats for part in found.parts) == pytest.approx(found.drop_nats, abs=1e-12)
    assert sum(part.tokens for part in found.parts) == tokens
    weighted = sum(part.tokens * part.before_nats for part in found.parts) / tokens
    assert weighted == pytest.approx(found.before_nats)
    if found.drop_nats:
        assert math.fsum(map(found.share, found.parts)) == pytest.approx(1, abs=1e-6 / abs(found.drop_nats))


def test_a_group_that_got_worse_has_a_negative_part() -> None:
    grouping = Grouping(by="x", names=("a", "none", "b"), group=np.array([0, 2]))
    found = drop(np.array([4.0, 1.0]), np.array([1.0, 2.0]), grouping)
    assert [(part.name, part.part_nats) for part in found.parts] == [("a", 1.5), ("b", -0.5)]
    assert [found.share(part) for part in found.parts] == [1.5, -0.5]


def test_no_drop_has_no_shares() -> None:
    found = drop(np.ones(2), np.ones(2), Grouping(by="x", names=("a",), group=np.zeros(2, dtype=np.int64)))
    assert math.isnan(found.share(found.parts[0]))


@pytest.mark.parametrize("lengths", [(0, 0, 0), (2, 1, 2), (2, 2, 1)])
def test_other_tokens(lengths: tuple[int, int, int]) -> None:
    before, after, group = lengths
    grouping = Grouping(by="x", names=("a",), group=np.zeros(group, dtype=np.int64))
    with pytest.raises(InputError, match="must be of the same tokens"):
        drop(np.zeros(before), np.zeros(after), grouping)
