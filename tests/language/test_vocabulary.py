from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.language.vocabulary import DOCUMENT, UNKNOWN, Vocabulary

TEXT = "the cat sat. The cat saw the rat,\nand the rat saw it — é!"
KINDS = [("character", "written"), ("word", "written"), ("word", "spaced")]


def build(text: str = TEXT, *, unit: str = "word", **options) -> Vocabulary:
    return Vocabulary.build([text], unit=unit, **options)


def test_tokens_are_numbered_by_frequency_and_then_by_code_point() -> None:
    vocabulary = Vocabulary.build(["b a c a b", "a"], unit="word", words="spaced")
    assert vocabulary.tokens == ("<unk>", "<doc>", "a", "b", "c")
    assert vocabulary.counts.tolist() == [0, 2, 3, 2, 1]
    assert vocabulary.size == 5


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_known_text_comes_back_as_it_was(text: str) -> None:
    for unit in ("character", "word"):
        vocabulary = build(text, unit=unit)
        encoded = vocabulary.encode(text)
        assert vocabulary.decode(encoded.ids) == text
        assert (encoded.ids > DOCUMENT).all()
        assert not encoded.spelling_nats.any()
        assert encoded.bytes.sum() == len(text.encode())
        assert encoded.starts[-1] == len(text)


@pytest.mark.parametrize(("unit", "words"), KINDS)
def test_every_stretch_has_its_bytes_and_unknown_ones_their_price(unit: str, words: str) -> None:
    vocabulary = build(unit=unit, words=words, limit=4)
    text = "the dog — saw\n€ it"
    encoded = vocabulary.encode(text)
    stretches = [text[a:b] for a, b in zip(encoded.starts, encoded.starts[1:], strict=False)]
    assert "".join(stretches) == text
    assert encoded.bytes.tolist() == [len(each.encode()) for each in stretches]
    assert (encoded.ids.dtype, encoded.starts.dtype, encoded.bytes.dtype) == (np.int32, np.int64, np.int64)
    unknown = encoded.ids == UNKNOWN
    assert unknown.any()
    assert not unknown.all()
    assert ((encoded.spelling_nats > 0) == unknown).all()
    tokens = [each.strip() if words == "spaced" else each for each in stretches]
    expected = [
        vocabulary.spelling.nats([token])[0] if lost else 0
        for token, lost in zip(tokens, unknown, strict=True)
    ]
    if words != "spaced":  # there the newline's token is written <eos>
        assert encoded.spelling_nats == pytest.approx(expected)


def test_spelling_is_learnt_from_what_fell_out_and_else_from_what_came_once() -> None:
    fallen = build("aa aa bb cc cc", words="spaced", min_count=2)
    assert fallen.tokens[2:] == ("aa", "cc")
    assert fallen.counts.tolist() == [1, 1, 2, 2]
    once = build("aa aa bb cc cc", words="spaced")
    assert np.array_equal(fallen.spelling.grams, once.spelling.grams)
    none = build("aa aa cc cc", words="spaced")
    assert none.spelling.nats(["zz"])[0] == pytest.approx(3 * math.log(257))


def test_an_unknown_token_in_the_text_itself_costs_no_spelling_where_words_are_spaced() -> None:
    vocabulary = build("the <unk> sat <doc> <doc>", words="spaced")
    assert vocabulary.tokens[2:] == ("sat", "the")
    assert vocabulary.counts.tolist()[:2] == [3, 1]
    encoded = vocabulary.encode("the <unk> <doc>")
    assert encoded.ids.tolist() == [3, UNKNOWN, UNKNOWN]
    assert (encoded.spelling_nats > 0).tolist() == [False, False, True]


def test_limits_keep_the_most_frequent() -> None:
    assert build("a a a b b c", words="spaced", limit=2).tokens[2:] == ("a", "b")
    assert build("a a a b b c", words="spaced", min_count=2).tokens[2:] == ("a", "b")
    assert build("a a a b b c", words="spaced", min_count=3, limit=2).tokens[2:] == ("a",)
    assert build("aab", unit="character", limit=1).counts.tolist() == [1, 1, 2]


def test_counts_are_those_of_the_encoded_documents() -> None:
    for unit, words in KINDS:
        vocabulary = build(unit=unit, words=words, min_count=2)
        ids = vocabulary.encode(TEXT).ids
        counted = np.bincount(ids, minlength=vocabulary.size)
        counted[DOCUMENT] = 1
        assert np.array_equal(vocabulary.counts, counted)


def test_decoding_writes_the_special_tokens_and_refuses_numbers_of_none() -> None:
    vocabulary = build("ab", unit="character")
    assert vocabulary.decode([2, UNKNOWN, DOCUMENT]) == "a<unk><doc>"
    assert vocabulary.decode([]) == ""
    for wrong in ([4], [-1]):
        with pytest.raises(InputError, match="between 0 and 3"):
            vocabulary.decode(wrong)


@pytest.mark.parametrize(("unit", "words"), KINDS)
def test_it_survives_json(unit: str, words: str) -> None:
    vocabulary = build(unit=unit, words=words, min_count=2)
    again = Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json())))
    assert again.to_json() == vocabulary.to_json()
    text = "a new word — and the cat"
    assert np.array_equal(again.encode(text).ids, vocabulary.encode(text).ids)
    assert np.array_equal(again.encode(text).spelling_nats, vocabulary.encode(text).spelling_nats)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "must be of format 1"),
        ({"unit": "byte"}, "`unit` must be one of word, character, but got 'byte'"),
        ({"unit": []}, "`unit` must be one of"),
        ({"words": None}, "`words` must be one of"),
        ({"tokens": "ab"}, "must be a list of texts"),
        ({"tokens": ["<unk>", "<doc>", 3]}, "must be a list of texts"),
        ({"tokens": ["a", "b", "c"]}, "must begin with <unk> and <doc>"),
        ({"tokens": ["<unk>", "<doc>"], "counts": [0, 1]}, "must have a token, but has none"),
        ({"tokens": ["<unk>", "<doc>", "a", "a"]}, "must be distinct"),
        ({"tokens": ["<unk>", "<doc>", "a", ""]}, "must be distinct"),
        ({"tokens": ["<unk>", "<doc>", "a", "<doc>"]}, "must be distinct"),
        ({"tokens": ["<unk>", "<doc>", "a", "bc"]}, "must be one code point, but 'bc' has 2"),
        ({"tokens": ["<unk>", "<doc>", "a", "\ud800"]}, "half of a surrogate pair"),
        ({"counts": [0, 1, 2]}, "one entry for each of 4 tokens"),
        ({"counts": [0, 1, 2, -1]}, "entry 3 is -1"),
        ({"counts": [0, 1, 2, 1.0]}, "entry 3 is 1.0"),
        ({"spelling": None}, "must have `grams` and `counts`"),
    ],
)
def test_a_hostile_file_is_refused(change: dict, said: str) -> None:
    value = build("aab", unit="character").to_json() | change
    with pytest.raises(InputError, match=said):
        Vocabulary.from_json(value)


def test_a_file_without_its_parts_or_of_another_kind_is_refused() -> None:
    value = build("aab", unit="character").to_json()
    for wrong in (None, [], {}, "text"):
        with pytest.raises(InputError, match="must be of format 1"):
            Vocabulary.from_json(wrong)
    del value["counts"]
    with pytest.raises(InputError, match="must have counts, but hasn't"):
        Vocabulary.from_json(value)


@pytest.mark.parametrize(
    ("documents", "options", "said"),
    [
        ([], {}, "must hold words, but hold none"),
        (["", ""], {}, "must hold words, but hold none"),
        (["a b"], {"min_count": 2}, "but got 2 and no token occurs more than 1 times"),
        (["a"], {"limit": 0}, "`limit` must be at least 1 and a whole number, but got 0"),
        (["a"], {"min_count": 0}, "`min_count` must be at least 1 and a whole number, but got 0"),
        (["a"], {"limit": 2.5}, "`limit` must be at least 1 and a whole number, but got 2.5"),
        (["ab\ud800"], {}, r"character 2 is half of a surrogate pair \(U\+D800\)"),
        ("one text", {}, "must be a sequence of texts, but got one text"),
    ],
)
def test_documents_that_no_vocabulary_can_be_made_of_are_refused(documents, options, said) -> None:
    with pytest.raises(InputError, match=said):
        Vocabulary.build(documents, unit="word", **options)


def test_text_that_is_no_unicode_is_refused_whatever_the_unit() -> None:
    for unit in ("word", "character"):
        with pytest.raises(InputError, match="character 1 is half of a surrogate pair"):
            build(unit=unit).encode("a\udfff")
