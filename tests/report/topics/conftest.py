"""Portraits of small fits: a healthy one, one of a single topic, and one whose words want to be scripts."""

from __future__ import annotations

import numpy as np
import pytest

from steelyard.data.corpus import Corpus
from steelyard.topics.estimator import LatentDirichletAllocation
from steelyard.topics.portrait import Portrait, portrait

HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    rng = np.random.default_rng(0)
    kinds = rng.dirichlet(np.full(30, 0.1), size=4)
    documents = [[f"w{each}" for each in rng.choice(30, 25, p=kinds[rng.integers(4)])] for _ in range(60)]
    return Corpus.from_documents([*documents, []], names=[f"d{nth}" for nth in range(61)])


@pytest.fixture(scope="session")
def shown(corpus: Corpus) -> Portrait:
    model = LatentDirichletAllocation(
        4, max_iter=120, n_chains=3, doc_topic_prior="learn", topic_word_prior=0.05
    )
    return portrait(model.fit(corpus), source="a test")


@pytest.fixture(scope="session")
def odd() -> Portrait:
    documents = [["{{ 7*7 }}", HOSTILE, "\u2028", "<!--"], [], [HOSTILE]]
    model = LatentDirichletAllocation(6, max_iter=10, doc_topic_prior=0.0, topic_word_prior=0.0)
    return portrait(
        model.fit(Corpus.from_documents(documents, names=[HOSTILE, "", "\u202e"])), source=HOSTILE
    )


@pytest.fixture(scope="session")
def single(corpus: Corpus) -> Portrait:
    return portrait(LatentDirichletAllocation(1, max_iter=5).fit(corpus))
