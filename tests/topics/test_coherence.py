import math

import numpy as np
import pytest

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.coherence import coherence, top_words

DOCUMENTS = [["a", "b"], ["a", "b", "c"], ["a", "c", "c"], ["d"], ["a", "d"]]


def test_npmi_and_umass_by_hand():
    found = coherence(np.array([[3, 2, 1, 0]]), Corpus.from_documents(DOCUMENTS))
    # shares of 5 documents: a 4, b 2, c 2; together: ab 2, ac 2, bc 1
    ab = math.log((2 / 5) / (4 / 5 * 2 / 5)) / -math.log(2 / 5)
    bc = math.log((1 / 5) / (2 / 5 * 2 / 5)) / -math.log(1 / 5)
    assert found.npmi[0] == pytest.approx((ab + ab + bc) / 3)
    assert found.umass[0] == pytest.approx((math.log(3 / 4) + math.log(3 / 4) + math.log(2 / 2)) / 3)


def test_agrees_with_gensim_where_words_meet():
    gensim = pytest.importorskip("gensim", reason="gensim isn't installed")
    from gensim.corpora import Dictionary
    from gensim.models.coherencemodel import CoherenceModel

    rng = np.random.default_rng(0)
    words = [f"w{number}" for number in range(8)]
    documents = [[str(each) for each in rng.choice(words, size=rng.integers(3, 9))] for _ in range(60)]
    corpus = Corpus.from_documents(documents)
    weights = rng.random((3, len(corpus.vocabulary)))
    tops = top_words(weights, corpus.vocabulary, top=5)
    dictionary = Dictionary(documents)
    npmi = CoherenceModel(
        topics=tops,
        texts=documents,
        dictionary=dictionary,
        coherence="c_npmi",
        window_size=100,
        topn=5,
        processes=1,
    )
    found = coherence(weights, corpus, top=5)
    assert gensim.__version__
    assert found.npmi == pytest.approx(npmi.get_coherence_per_topic(), abs=1e-9)
    # theirs adds 1e-12 to a share where Mimno et al. (2011) add 1 to a count, so the counts are brought close by repetition
    many = documents * 400
    bags = [dictionary.doc2bow(document) for document in many]
    umass = CoherenceModel(
        topics=tops, corpus=bags, dictionary=dictionary, coherence="u_mass", topn=5, processes=1
    )
    ours = coherence(weights, Corpus.from_documents(many), top=5)
    assert ours.umass == pytest.approx(umass.get_coherence_per_topic(), abs=1e-3)


def test_words_that_never_meet_and_words_that_are_everywhere():
    corpus = Corpus.from_documents([["a", "b"], ["a", "b"], ["a", "b", "c"], ["a", "b", "d"]])
    found = coherence(np.array([[1, 1, 0, 0], [0, 0, 1, 1]]), corpus)
    assert found.npmi.tolist() == [1.0, -1.0]
    assert found.mean_npmi == 0.0


def test_topics_without_two_words_have_no_value():
    found = coherence(np.array([[1, 0, 0, 0], [0, 0, 0, 0]]), Corpus.from_documents(DOCUMENTS))
    assert np.isnan(found.npmi).all()
    assert math.isnan(found.mean_umass)


def test_refuses_what_it_cannot_use():
    corpus = Corpus.from_documents(DOCUMENTS)
    with pytest.raises(InputError, match=r"shape \(topics, 4\), but got \(1, 2\)"):
        coherence(np.ones((1, 2)), corpus)
    with pytest.raises(InputError, match="at least 2, but got 1"):
        coherence(np.ones((1, 4)), corpus, top=1)
