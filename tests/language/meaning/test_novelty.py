from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.meaning.novelty import by_context, by_continuation, longest_seen
from steelyard.language.stream import make_stream
from steelyard.language.vocabulary import DOCUMENT, UNKNOWN, Vocabulary

_TEXT = st.lists(st.integers(0, 4), min_size=0, max_size=40)


def brute(ids: list[int], training: list[int], longest: int) -> list[int]:
    """Search for every run in the training text."""
    found = []
    for end in range(len(ids)):
        best = 0
        for length in range(1, min(longest, end + 1) + 1):
            run = ids[end + 1 - length : end + 1]
            if UNKNOWN in run or DOCUMENT in run[1:]:
                break
            if any(training[at : at + length] == run for at in range(len(training) - length + 1)):
                best = length
        found.append(best)
    return found


@settings(max_examples=300)
@given(_TEXT, _TEXT, st.integers(1, 12))
def test_as_a_search_for_every_run(ids: list[int], training: list[int], longest: int) -> None:
    found = longest_seen(np.array(ids, dtype=np.int32), np.array(training, dtype=np.int32), longest=longest)
    assert found.tolist() == brute(ids, training, longest)


def test_a_text_seen_whole_is_followed_to_the_limit() -> None:
    ids: NDArray[np.int64] = np.random.default_rng(0).integers(2, 50, 2000)
    assert longest_seen(ids, ids).tolist() == np.minimum(np.arange(2000) + 1, 32).tolist()


def test_contexts_stop_before_the_token_and_continuations_with_it() -> None:
    vocabulary = Vocabulary.build(["abcab"], unit="character")
    training, text = make_stream(["abc"], vocabulary), make_stream(["aba"], vocabulary)
    seen = longest_seen(text.ids, training.ids)
    # Scored: a, b, a after <doc>, a, b.
    context, continuation = by_context(seen), by_continuation(seen)
    assert [context.names[each] for each in context.group] == ["1", "2", "3 or more"]
    assert [continuation.names[each] for each in continuation.group] == [
        "2",
        "3 or more",
        "1",
    ]


def test_no_length() -> None:
    with pytest.raises(InputError, match="`longest` must be at least 1"):
        longest_seen(np.array([1]), np.array([1]), longest=0)
