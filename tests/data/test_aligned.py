from __future__ import annotations

from steelyard.data.aligned import align
from steelyard.data.corpus import Corpus


def test_the_same_vocabulary_changes_nothing() -> None:
    corpus = Corpus.from_documents([["a", "b"]])
    assert align(corpus, ["a", "b"]).corpus is corpus


def test_unknown_words_are_counted_and_documents_stay() -> None:
    corpus = Corpus.from_documents([[], ["x", "y", "x", "b"], ["y"]], names=["n0", "n1", "n2"])
    found = align(corpus, ("a", "b"))
    assert found.corpus.lengths.tolist() == [0, 1, 0]
    assert found.corpus.words.tolist() == [1]
    assert found.corpus.names == ("n0", "n1", "n2")
    assert (found.unknown_tokens, found.unknown_words) == (4, 2)


def test_nothing_known_and_nothing_there() -> None:
    assert align(Corpus.from_documents([["x"]]), ()).corpus.tokens == 0
    assert align(Corpus.from_documents([[]]), ("a",)).corpus.lengths.tolist() == [0]
