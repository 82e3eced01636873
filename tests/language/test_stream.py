from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.language import splitting
from steelyard.language.baselines import Unigram
from steelyard.language.stream import Stream, make_stream
from steelyard.language.vocabulary import Vocabulary


def test_a_mark_stands_before_every_document_and_sizes_are_the_texts_own():
    vocabulary = Vocabulary.build(["ab", "é"], unit="character")
    stream = make_stream(["ba", "", "éz"], vocabulary)
    a, b, e = (vocabulary.tokens.index(each) for each in "abé")
    assert stream.ids.tolist() == [1, b, a, 1, 1, e, 0]
    assert stream.starts_of_documents.tolist() == [0, 3, 4]
    assert (stream.bytes, stream.characters, stream.unknown, stream.tokens) == (5, 4, 1, 6)
    assert stream.spelling_nats == pytest.approx(vocabulary.encode("z").spelling_nats.sum())


def test_bits_a_byte_by_hand():
    vocabulary = Vocabulary.build(["ab"], unit="character")
    stream = make_stream(["éab"], vocabulary)  # 4 bytes
    nats = np.array([3.0, 1.0, 2.0])
    assert stream.bits_per_byte(nats) == pytest.approx((6 + stream.spelling_nats) / 4 / math.log(2))


@pytest.mark.parametrize("words", ["written", "spaced"])
def test_a_smaller_vocabulary_cannot_cheat(words):
    # Knowing one word only halves the nats a token, and saves nothing a byte: the others must still be spelt.
    text = "the cat and the dog and the owl and a bat " * 200
    found = {}
    for limit in (1, None):
        vocabulary = Vocabulary.build([text], unit="word", words=words, limit=limit)
        stream = make_stream([text], vocabulary)
        nats = Unigram().fit(stream, size=vocabulary.size).score(stream)
        found[limit] = nats.mean(), stream.bits_per_byte(nats)
    assert found[1][0] < found[None][0] / 2
    assert found[1][1] > 0.995 * found[None][1]


def test_a_run_of_numbers_alone_has_no_bytes():
    stream = Stream.of(np.array([2, 0, 3]))
    assert stream.ids.tolist() == [1, 2, 0, 3]
    assert (stream.unknown, stream.tokens) == (1, 3)
    with pytest.raises(InputError, match="bits a byte need a text"):
        stream.bits_per_byte(np.zeros(3))


def test_what_is_no_stream_is_refused():
    marks = np.array([0])
    with pytest.raises(InputError, match="must have a token to guess, but has none"):
        Stream.of([])
    with pytest.raises(InputError, match=r"must begin with the mark of a document \(1\), but got 2"):
        Stream(ids=np.array([2, 3], dtype=np.int32), starts_of_documents=marks, bytes=2, characters=2)
    with pytest.raises(InputError, match="must be int32 of one dimension, but are int64"):
        Stream(ids=np.array([1, 3]), starts_of_documents=marks, bytes=2, characters=2)
    with pytest.raises(InputError, match="must be where the marks stand"):
        Stream(ids=np.array([1, 1], dtype=np.int32), starts_of_documents=marks, bytes=2, characters=2)
    with pytest.raises(InputError, match=r"must have the shape \(2,\), but have \(3,\)"):
        Stream.of([2, 3]).bits_per_byte(np.zeros(3))


def test_white_space_that_no_token_takes_counts_as_bytes():
    vocabulary = Vocabulary.build(["a b"], unit="word", words="spaced")
    assert make_stream(["  a  ", "   ", "b"], vocabulary).bytes == 9


def test_documents_without_a_token_are_refused():
    vocabulary = Vocabulary.build(["ab"], unit="character")
    for nothing in ([], [""], ["", ""]):
        with pytest.raises(InputError, match="must hold characters, but hold none"):
            make_stream(nothing, vocabulary)
    with pytest.raises(InputError, match="a sequence of texts, but got one text"):
        make_stream("ab", vocabulary)


@given(text=st.text("ab' \n\r\té.", min_size=1, max_size=80), size=st.integers(1, 20))
@settings(max_examples=50, deadline=None)
@pytest.mark.parametrize(
    ("unit", "words"), [("character", "written"), ("word", "written"), ("word", "spaced")]
)
def test_a_long_text_in_pieces_is_the_same_stream(unit, words, text, size):
    text += "end"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitting, "PIECE", size)
        vocabulary = Vocabulary.build([text], unit=unit, words=words)
        stream = make_stream([text], vocabulary)
    whole = Vocabulary.build([text], unit=unit, words=words)
    encoded = whole.encode(text)
    assert vocabulary.to_json() == whole.to_json()
    assert np.array_equal(stream.ids[1:], encoded.ids)
    assert stream.bytes == encoded.bytes.sum() == len(text.encode())
