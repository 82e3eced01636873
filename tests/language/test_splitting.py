from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.language.splitting import joined, split

LATELY = st.text(st.sampled_from("ab'’ .,1_\n\t\r é\u0301क\u093f\u2028<>"), max_size=60)


@given(st.text() | LATELY)
def test_written_words_joined_are_the_text(text: str) -> None:
    tokens, starts = split(text)
    assert "".join(tokens) == joined(tokens) == text
    assert "" not in tokens
    assert [text[a:b] for a, b in itertools.pairwise(starts)] == tokens


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_cut_as_in_any_other_text(text: str) -> None:
    assert split(text)[0] == split(text + "\né")[0][:-2]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don't stop", ["Don't", " stop"]),
        ("the dogs' 'ere", ["the", " dogs", "'", " '", "ere"]),
        ("it’s 1,000.50 x2", ["it’s", " 1,000.50", " x", "2"]),
        ("1. a", ["1", ".", " a"]),
        ("a  b   \n", ["a", " ", " b", "   ", "\n"]),
        ("a\t b\r\nc", ["a", "\t", " b", "\r", "\n", "c"]),
        ("\n\n", ["\n", "\n"]),
        (" \n", [" ", "\n"]),
        ("...", [".", ".", "."]),
        ("snake_case", ["snake", "_", "case"]),
        ("cafe\u0301 हिन्दी", ["cafe\u0301", " हिन्दी"]),
        ("Ελλάδα—и", ["Ελλάδα", "—", "и"]),
        ("", []),
    ],
)
def test_written_words_by_example(text: str, tokens: list[str]) -> None:
    assert split(text)[0] == tokens


@given(st.text() | LATELY)
def test_spaced_stretches_cover_the_text_and_hold_their_words(text: str) -> None:
    tokens, starts = split(text, words="spaced")
    assert len(starts) == len(tokens) + 1
    assert starts[0] == 0
    if tokens:
        assert starts[-1] == len(text)
        for token, a, b in zip(tokens, starts, starts[1:], strict=False):
            assert token in text[a:b] or (token == "<eos>" and "\n" in text[a:b])
    assert tokens == re.sub(r"\n", " <eos> ", text).split()


def test_the_form_of_the_penn_treebank_and_back() -> None:
    text = " no it was n't black monday \n but while the new york <unk> \n"
    tokens, _ = split(text, words="spaced")
    assert tokens[6:8] == ["<eos>", "but"]
    assert tokens[-2:] == ["<unk>", "<eos>"]
    assert joined(tokens, words="spaced") == "no it was n't black monday\nbut while the new york <unk>\n"


def test_much_white_space_takes_no_quadratic_time() -> None:
    text = (" " * 300_000 + "\t" * 300_000 + "x") + " " * 300_000
    assert [len(token) for token in split(text)[0]] == [600_000, 1, 300_000]
