from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.language.parts import split_documents
from steelyard.language.reading import Documents, read_documents


@given(
    text=st.text("abc\n", min_size=20, max_size=200), validation=st.floats(0.1, 0.4), test=st.floats(0.1, 0.4)
)
def test_one_text_is_cut_by_position_and_loses_nothing(text: str, validation: float, test: float) -> None:
    parts = split_documents(read_documents([text]), validation=validation, test=test)
    assert "".join((*parts.train, *parts.validation, *parts.test)) == text
    assert abs(len(parts.validation[0]) - validation * len(text)) <= 1
    assert abs(len(parts.test[0]) - test * len(text)) <= 1


def test_ninety_percent_is_rounded_down_as_is_usual() -> None:
    parts = split_documents(read_documents(["x" * 1_115_394]), validation=0.1, test=0)
    assert [len(text) for text in (*parts.train, *parts.validation)] == [1_003_854, 111_540]
    assert parts.test == ()


def test_documents_are_drawn_whole_by_the_seed_and_keep_their_order() -> None:
    texts = [f"{number:03d} " + "x" * (number % 7 * 30) for number in range(300)]
    documents = read_documents(texts)
    parts = split_documents(documents, validation=0.2, test=0.1, seed=4)
    for part in (parts.train, parts.validation, parts.test):
        assert list(part) == sorted(part)
    assert sorted((*parts.train, *parts.validation, *parts.test)) == texts
    for part, share in ((parts.validation, 0.2), (parts.test, 0.1)):
        assert sum(map(len, part)) / documents.characters == pytest.approx(share, abs=0.01)
    assert split_documents(documents, validation=0.2, test=0.1, seed=4) == parts
    assert split_documents(documents, validation=0.2, test=0.1, seed=5) != parts
    assert "seed 4" in parts.rule


def test_the_test_part_stays_the_same_whatever_is_taken_for_validation() -> None:
    documents = read_documents([f"{number} text" for number in range(100)])
    tests = {split_documents(documents, validation=share, test=0.2).test for share in (0.0, 0.1, 0.5)}
    assert len(tests) == 1


def test_shares_and_texts_that_leave_a_part_empty_are_refused() -> None:
    one = Documents(names=("a",), texts=("abc",), source_line="here")
    with pytest.raises(
        InputError, match=r"the validation part must hold text, but 1 document.* of 3 characters"
    ):
        split_documents(one, validation=0.1, test=0.4)
    with pytest.raises(InputError, match="`test` must be a share from 0 to below 1, but got 1"):
        split_documents(one, test=1)
    with pytest.raises(InputError, match=r"must leave text to learn from, but their shares are 0.5 and 0.5"):
        split_documents(one, validation=0.5, test=0.5)
    with pytest.raises(InputError, match=r"the .* part must hold text"):
        split_documents(read_documents(["a", "b"]), validation=0.1, test=0.1)
