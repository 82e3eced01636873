import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.agents.learning import distinct
from steelyard.agents.learning.distinct import distinct_rows


@given(seed=st.integers(0, 10_000), rows=st.integers(1, 60), columns=st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_rows_are_one_when_they_are_equal_and_only_then(seed, rows, columns):
    random = np.random.default_rng(seed)
    words = random.integers(0, 2, (rows, columns)).astype(np.int8)
    features = random.integers(0, 2, (rows, 1)).astype(np.float32)
    found = distinct_rows(words, None, features)
    whole = [(*word, *feature) for word, feature in zip(words.tolist(), features.tolist(), strict=True)]
    assert len(found.first) == len(set(whole))
    assert [whole[place] for place in found.first[found.of]] == whole


def test_should_sums_ever_be_equal_all_rows_count_as_different(monkeypatch):
    monkeypatch.setattr(distinct, "_MULTIPLIER", np.uint64(0))
    found = distinct_rows(np.array([[1], [2], [1]]))
    assert found.of.tolist() == [0, 1, 2]


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_the_order_of_the_columns_counts(order):
    found = distinct_rows(np.array([[1, 2], [2, 1]])[:, order])
    assert len(found.first) == 2
