from steelyard.data.corpus import Corpus
from steelyard.topics.coerce import joined, spoken


def test_the_same_vocabulary_is_left_as_it_is():
    corpus = Corpus.from_documents([["a", "b"]])
    assert spoken(corpus, ("a", "b"))[0] is corpus


def test_words_are_renumbered_and_unknown_ones_counted():
    corpus = Corpus.from_documents(
        [["a", "x", "b"], [], ["x"], ["b", "b"]], names=["one", "two", "three", "four"]
    )
    known, unknown = spoken(corpus, ("b", "c", "a"))
    assert known.words.tolist() == [2, 0, 0, 0]
    assert known.starts.tolist() == [0, 2, 2, 2, 4]
    assert unknown.tolist() == [1, 0, 1, 0]
    assert known.names == corpus.names


def test_names_are_kept_where_both_have_them():
    first = Corpus.from_documents([["a"]], names=["one"])
    assert joined(first, first).names == ("one", "one")
    assert joined(first, Corpus.from_documents([["a"]])).names == ()
