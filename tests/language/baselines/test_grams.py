from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.language.baselines.grams import count_grams, known_before


def spelt(levels, order: int) -> list[tuple[int, ...]]:
    """Write out the grams of an order: a gram's context is a gram of the order below."""
    level = levels[order - 1]
    if order == 1:
        return [(token,) for token in level.last.tolist()]
    below = spelt(levels, order - 1)
    return [
        (*below[context], token) for context, token in zip(level.contexts, level.last.tolist(), strict=True)
    ]


@given(tokens=st.lists(st.integers(0, 4), min_size=1, max_size=40), order=st.integers(1, 5))
@settings(max_examples=50, deadline=None)
def test_grams_are_all_runs_that_reach_behind_no_mark(tokens: list[int], order: int) -> None:
    ids = np.array([1, *tokens], dtype=np.int32)
    levels = count_grams(ids, order=order, size=5)
    expected: Counter[tuple[int, ...]] = Counter()
    for end in range(1, len(ids)):
        start = end - order + 1
        # Its first token may be a mark, and its last one; none between them may.
        if start >= 0 and 1 not in ids[start + 1 : end].tolist():
            expected[tuple(ids[start : end + 1].tolist())] += 1
    grams = spelt(levels, order)
    counted = {gram: n for gram, n in zip(grams, levels[-1].counts.tolist(), strict=True) if n}
    assert counted == dict(expected)
    assert grams == sorted(grams)
    if order > 1:
        below = spelt(levels, order - 1)
        assert [below[number] for number in levels[-1].shorter] == [gram[1:] for gram in grams]
        assert levels[-1].from_start.tolist() == [gram[0] == 1 for gram in grams]


def test_what_is_not_there_has_the_number_minus_1() -> None:
    _, pairs = count_grams(np.array([1, 2, 3, 2], dtype=np.int32), order=2, size=4)
    assert pairs.find(np.array([2, 3, 3, -1]), np.array([3, 2, 3, 3])).tolist() == [1, 2, -1, -1]


def test_no_gram_is_longer_than_its_document() -> None:
    levels = count_grams(np.array([1, 2, 1, 3], dtype=np.int32), order=4, size=4)
    assert [len(level.keys) for level in levels] == [4, 3, 1, 0]
    assert levels[3].find(np.array([0]), np.array([2])).tolist() == [-1]


def test_a_mark_knows_its_document_s_tokens_and_what_follows_knows_the_mark() -> None:
    assert known_before(np.array([1, 1, 4, 4, 1, 4], dtype=np.int32)).tolist() == [0, 1, 1, 2, 3, 1]
