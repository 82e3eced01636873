from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.prior_curves import dirichlet_bins, document_curve, word_curve

EDGES = np.logspace(-4, 0, 9)


@pytest.mark.parametrize("alpha", [[0.1] * 5, [0.01, 0.5, 3.0], [2.0, 2.0], [0.0, 0.3, 0.7], [0.0, 1.0]])
def test_bins_against_draws(alpha: list[float]) -> None:
    inside, below = dirichlet_bins(np.array(alpha), EDGES)
    assert inside.sum() + below == pytest.approx(1)
    heights = np.random.default_rng(0).standard_gamma(np.array(alpha), size=(40_000, len(alpha)))
    drawn = (heights / heights.sum(axis=1, keepdims=True)).ravel()
    found, _ = np.histogram(np.minimum(drawn, 1.0), bins=EDGES)
    assert found / drawn.size == pytest.approx(inside, abs=0.01)
    assert (drawn < EDGES[0]).mean() == pytest.approx(below, abs=0.01)


def test_equal_parameters_may_be_given_once() -> None:
    many, once = dirichlet_bins(np.full(50, 0.02), EDGES), dirichlet_bins(np.array(0.02), EDGES, size=50)
    assert once[0] == pytest.approx(many[0])
    assert once[1] == pytest.approx(many[1])
    beta = stats.beta(0.02, 0.98)
    assert many[0] == pytest.approx(np.diff(beta.cdf(EDGES)))


def test_no_prior_at_all_is_one_share_that_is_everything() -> None:
    inside, below = dirichlet_bins(np.zeros(4), EDGES)
    assert below == 0.75
    assert inside[-1] == 0.25
    assert dirichlet_bins(np.array([2.0]), EDGES)[0][-1] == 1.0


def test_draws_from_the_model_lie_on_the_prior() -> None:
    rng = np.random.default_rng(1)
    alpha = np.array([0.3, 0.1, 0.6])
    theta = rng.dirichlet(alpha, size=3000)
    lengths = rng.integers(0, 40, 3000)
    topics = np.concatenate([rng.choice(3, size, p=row) for size, row in zip(lengths, theta, strict=True)])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    corpus = Corpus(words=np.zeros(len(topics), dtype=np.int32), starts=starts, vocabulary=("w",))
    curve = document_curve(corpus, topics.astype(np.int32), alpha, seed=0)
    assert curve.drawn == 9000
    assert curve.edges[0] == pytest.approx(1e-4)
    assert np.abs(np.cumsum(curve.posterior) - np.cumsum(curve.prior)).max() < 0.02
    assert curve.posterior_below == pytest.approx(curve.prior_below, abs=0.02)
    other = document_curve(corpus, topics.astype(np.int32), np.full(3, 5.0), seed=0)
    assert np.abs(np.cumsum(other.posterior) - np.cumsum(other.prior)).max() > 0.1


def test_words_of_topics_the_same() -> None:
    rng = np.random.default_rng(2)
    phi = rng.dirichlet(np.full(200, 0.05), size=50)
    counts = np.array([rng.multinomial(2000, row) for row in phi])
    curve = word_curve(counts, 0.05, seed=3)
    assert np.abs(np.cumsum(curve.posterior) - np.cumsum(curve.prior)).max() < 0.03
    same = word_curve(counts, 0.05, seed=3)
    assert np.array_equal(curve.posterior, same.posterior)
    assert not np.array_equal(curve.posterior, word_curve(counts, 0.05, seed=4).posterior)


def test_priors_of_zero_and_empty_documents_give_numbers() -> None:
    corpus = Corpus.from_documents([["a", "b"], []])
    curve = document_curve(corpus, np.array([0, 0], dtype=np.int32), np.zeros(2), seed=0)
    assert curve.drawn == 2
    assert curve.posterior_below == 0.5
    assert np.all(np.isfinite(curve.prior))
    assert np.all(np.isfinite(word_curve(np.array([[2, 0], [0, 0]]), 0.0, seed=0).posterior))


@pytest.mark.parametrize("lowest", [0.0, 1.0, float("nan")])
def test_an_axis_that_starts_nowhere(lowest: float) -> None:
    with pytest.raises(InputError, match="lowest"):
        word_curve(np.array([[1]]), 0.1, seed=0, lowest=lowest)
