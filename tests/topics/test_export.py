from __future__ import annotations

import warnings

import numpy as np
import pytest

from steelyard.data.corpus import Corpus
from steelyard.topics.estimator import LatentDirichletAllocation
from steelyard.topics.export import pyldavis_data


@pytest.fixture(scope="module")
def model() -> LatentDirichletAllocation:
    rng = np.random.default_rng(0)
    counts = np.concatenate(
        [rng.multinomial(30, rng.dirichlet(np.full(25, 2.0)), size=40), np.zeros((2, 25), dtype=int)]
    )
    counts[:, 7] = 0
    return LatentDirichletAllocation(4, max_iter=40, topic_word_prior=0.1).fit(counts)


def test_what_is_documented_holds(model: LatentDirichletAllocation) -> None:
    data = pyldavis_data(model)
    data_lengths = model.corpus_.lengths[:40].tolist()
    assert data["topic_term_dists"].shape == (4, 24)
    assert data["topic_term_dists"].sum(axis=1) == pytest.approx(np.ones(4))
    assert data["doc_topic_dists"].shape == (40, 4)
    assert data["doc_topic_dists"].sum(axis=1) == pytest.approx(np.ones(40))
    assert data["doc_lengths"].tolist() == data_lengths
    assert "7" not in data["vocab"]
    assert int(data["term_frequency"].sum()) == model.corpus_.tokens
    assert min(data["term_frequency"]) > 0


def test_pyldavis_takes_it(model: LatentDirichletAllocation) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        prepare = pytest.importorskip("pyLDAvis").prepare
        prepared = prepare(**pyldavis_data(model), sort_topics=False, n_jobs=1)
    assert prepared.topic_order == [1, 2, 3, 4]
    shares = prepared.topic_coordinates["Freq"].to_numpy()
    lengths = model.corpus_.lengths[:, None]
    assert shares == pytest.approx(100 * (model.doc_topic_ * lengths).sum(axis=0) / lengths.sum(), abs=1e-6)
    words = set(prepared.topic_info["Term"])
    assert words <= set(pyldavis_data(model)["vocab"])


def test_words_without_any_mass_in_a_topic() -> None:
    corpus = Corpus.from_documents([["a", "b"], ["c"]])
    fitted = LatentDirichletAllocation(5, topic_word_prior=0.0, max_iter=10).fit(corpus)
    assert pyldavis_data(fitted)["topic_term_dists"].sum(axis=1) == pytest.approx(np.ones(5))
