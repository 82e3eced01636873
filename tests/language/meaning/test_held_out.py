from __future__ import annotations

import pytest

from steelyard.errors import InputError
from steelyard.language.meaning.held_out import spread_out
from steelyard.language.vocabulary import Vocabulary

TEXTS = ["a" * 10, "b" * 20, "c" * 30, "d" * 40]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.build(TEXTS, unit="character")


def test_all_of_it_where_it_is_short_enough(vocabulary: Vocabulary) -> None:
    found = spread_out(TEXTS, vocabulary, most=100, names=["1", "2", "3", "4"])
    assert found.texts == tuple(TEXTS)
    assert found.names == ("1", "2", "3", "4")
    assert found.stream.tokens == 103


def test_a_part_is_spread_over_the_documents_and_cut_to_size(vocabulary: Vocabulary) -> None:
    found = spread_out(TEXTS, vocabulary, most=25)
    assert found.texts == ("a" * 10,)
    found = spread_out(TEXTS, vocabulary, most=50)
    assert found.names == ("document 1", "document 3")
    assert found.stream.tokens <= 51


def test_one_long_text_is_cut(vocabulary: Vocabulary) -> None:
    found = spread_out(["abcd" * 50], vocabulary, most=7)
    assert found.texts == ("abcdabc",)


def test_words_are_cut_between_them() -> None:
    text = "one two three four five six"
    found = spread_out([text], Vocabulary.build([text], unit="word"), most=2)
    assert found.texts == ("one two",)


def test_what_can_t_be(vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match="`most` must be at least 1"):
        spread_out(TEXTS, vocabulary, most=0)
    with pytest.raises(InputError, match="name the 4 documents, but got 1"):
        spread_out(TEXTS, vocabulary, most=9, names=["x"])
    with pytest.raises(InputError, match="must hold characters"):
        spread_out([""], vocabulary, most=9)
