from __future__ import annotations

import math

import numpy as np
import pytest

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.estimator import LatentDirichletAllocation
from steelyard.topics.portrait import Portrait, portrait

SKY, LAW = ("sun", "moon", "star", "sky"), ("court", "law", "judge", "tax")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    rng = np.random.default_rng(0)
    kinds = [SKY] * 30 + [LAW] * 15
    documents = [[*rng.choice(kind, 12), "the"] for kind in kinds]
    return Corpus.from_documents([*documents, []], names=[f"n{nth}" for nth in range(46)])


@pytest.fixture(scope="module")
def shown(corpus: Corpus) -> Portrait:
    model = LatentDirichletAllocation(
        2, max_iter=100, n_chains=2, doc_topic_prior="learn", topic_word_prior=0.05
    )
    return portrait(model.fit(corpus), top=4, top_documents=3, source="sky and law")


def test_topics_come_by_size_with_their_words_and_documents(shown: Portrait) -> None:
    large, small = shown.topics
    assert {word for word, _ in large.words} <= {*SKY, "the"}
    assert set(small.relevant) == set(LAW)
    assert large.share > small.share
    assert large.share + small.share == pytest.approx(1)
    assert [probability for _, probability in large.words] == sorted(
        (p for _, p in large.words), reverse=True
    )
    assert all(int(name[1:]) >= 30 for name, _, _ in small.documents)
    assert all(length == 13 for _, _, length in small.documents)
    assert small.agreement > 0.9
    assert 4 < large.effective_words < 7


def test_what_it_says_of_the_fit(shown: Portrait, corpus: Corpus) -> None:
    assert (shown.documents, shown.empty, shown.tokens, shown.vocabulary) == (46, 1, 45 * 13, 9)
    assert shown.learned == ("alpha",)
    assert shown.fingerprint == corpus.fingerprint
    assert shown.trace.shape == (2, len(shown.trace_sweeps)) == (2, len(shown.trace_kept))
    assert shown.document_curve.drawn == 45 * 2 + 2
    assert shown.map.distances[0, 1] > 0.8


def test_the_same_fit_gives_the_same_portrait(corpus: Corpus) -> None:
    model = LatentDirichletAllocation(3, max_iter=20).fit(corpus)
    one, two = portrait(model), portrait(model)
    assert one.topics == two.topics or math.isnan(one.topics[0].agreement)
    assert np.array_equal(one.word_curve.posterior, two.word_curve.posterior)


def test_priors_of_zero_and_more_topics_than_tokens() -> None:
    few = Corpus.from_documents([["a", "b"], [], ["a"]])
    model = LatentDirichletAllocation(8, doc_topic_prior=0.0, topic_word_prior=0.0, max_iter=10).fit(few)
    found = portrait(model, top=2)
    assert len(found.topics) == 8
    assert found.topics[0].share > 0
    assert sum(topic.share for topic in found.topics) == pytest.approx(1)
    assert all(math.isfinite(topic.effective_words) for topic in found.topics)


def test_at_least_two_words(corpus: Corpus) -> None:
    with pytest.raises(InputError, match="at least 2 words"):
        portrait(LatentDirichletAllocation(2, max_iter=5).fit(corpus), top=1)
