from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.data.tokeniser import Tokeniser
from steelyard.errors import InputError


def test_letters_of_every_script_keep_their_marks() -> None:
    cut = Tokeniser(shortest=1).words
    assert cut("Ελλάδα и हिन्दी") == ["ελλάδα", "и", "हिन्दी"]
    assert cut("cafe\u0301") == cut("café") == ["café"]
    assert cut("İstanbul") == cut("i\u0307stanbul")


def test_ascii_and_other_texts_are_cut_by_the_same_rule() -> None:
    plain = "Don't re-use x_1 or 3rd-party 42 code"
    assert Tokeniser().words(plain) == Tokeniser().words(plain + " é")
    assert Tokeniser().words(plain) == ["don", "re", "use", "or", "rd", "party", "code"]


@given(st.text())
def test_words_are_letters_and_marks_and_cutting_twice_changes_nothing(text: str) -> None:
    cut = Tokeniser(shortest=1)
    words = cut.words(text)
    for word in words:
        assert word[0].isalpha()
        assert all(
            each.isalpha() or unicodedata.category(each)[0] == "M" or each in "\u200c\u200d" for each in word
        )
    assert cut.words(" ".join(words)) == words


def test_a_shortest_word_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="at least 1 letter, but got 0"):
        Tokeniser(shortest=0)
