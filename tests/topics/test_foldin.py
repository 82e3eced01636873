from itertools import product

import numpy as np
import pytest
from scipy.special import gammaln
from scipy.stats import beta as beta_distribution

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.foldin import fold_in

PHI = np.array([[0.6, 0.3, 0.1, 0.0], [0.1, 0.1, 0.4, 0.4], [0.25, 0.25, 0.25, 0.25]])
ALPHA = np.array([0.3, 0.8, 0.1])


def corpus_of(*documents):
    starts = np.concatenate([[0], np.cumsum([len(each) for each in documents])]).astype(np.int64)
    words = np.array([word for document in documents for word in document], dtype=np.int32)
    return Corpus(words=words, starts=starts, vocabulary=("a", "b", "c", "d"))


def enumerated_mean(document):
    """Return the exact posterior mean of a document's shares, by every assignment there is."""
    weights, means = [], []
    for topics in product(range(3), repeat=len(document)):
        counts = np.bincount(topics, minlength=3)
        log_weight = gammaln(counts + ALPHA).sum()
        weights.append(
            np.exp(log_weight) * np.prod([PHI[k, w] for k, w in zip(topics, document, strict=True)])
        )
        means.append((counts + ALPHA) / (len(document) + ALPHA.sum()))
    return np.average(means, axis=0, weights=weights)


@pytest.mark.parametrize("document", [[0], [0, 3], [0, 0, 3, 2], [1, 2, 2, 3, 0]])
def test_is_the_enumerated_posterior_mean(document):
    found = fold_in(corpus_of(document), PHI, ALPHA, seed=3, burn_in=50, samples=40_000).doc_topic[0]
    # 40,000 draws of a share whose spread is below .5; neighbouring sweeps depend on each other a little
    assert found == pytest.approx(enumerated_mean(document), abs=4 * 0.5 * np.sqrt(3 / 40_000))


def random_corpus(documents=150):
    rng = np.random.default_rng(0)
    return corpus_of(*(rng.integers(0, 4, size=rng.integers(0, 30)) for _ in range(documents)))


def test_same_bits_for_any_number_of_threads():
    corpus = random_corpus()
    one, four = (fold_in(corpus, PHI, ALPHA, seed=1, threads=threads, keep=True) for threads in (1, 4))
    assert (one.doc_topic == four.doc_topic).all()
    assert (one.samples == four.samples).all()


def test_a_document_gets_the_same_shares_wherever_it_stands_and_in_any_order_of_words():
    corpus = random_corpus()
    both = fold_in(corpus, PHI, ALPHA, seed=1).doc_topic
    document = corpus.words[corpus.starts[5] : corpus.starts[6]]
    alone = fold_in(corpus_of(document[::-1]), PHI, ALPHA, seed=1).doc_topic[0]
    assert len(document) > 3
    assert (alone == both[5]).all()


def test_other_seeds_give_other_draws():
    corpus = random_corpus()
    first, second = (fold_in(corpus, PHI, ALPHA, seed=seed).doc_topic for seed in (1, 2))
    assert (first != second).any()
    assert first.mean(axis=0) == pytest.approx(second.mean(axis=0), abs=0.05)


def test_rows_sum_to_one_and_empty_documents_have_the_prior():
    found = fold_in(random_corpus(), PHI, ALPHA, seed=0)
    assert found.doc_topic.sum(axis=1) == pytest.approx(1.0)
    assert fold_in(corpus_of([]), PHI, ALPHA, seed=0).doc_topic[0] == pytest.approx(ALPHA / ALPHA.sum())
    assert fold_in(corpus_of([]), PHI, np.zeros(3), seed=0).doc_topic[0] == pytest.approx(1 / 3)


def test_words_without_topics_are_left_out_and_counted():
    phi = PHI.copy()
    phi[:, 1] = 0
    found = fold_in(corpus_of([0, 1, 1, 3], [1]), phi, ALPHA, seed=0, samples=40_000)
    assert found.unknown.tolist() == [2, 1]
    assert found.doc_topic[0] == pytest.approx(enumerated_mean([0, 3]), abs=4 * 0.5 * np.sqrt(3 / 40_000))
    assert found.doc_topic[1] == pytest.approx(ALPHA / ALPHA.sum())


def test_without_alpha_topics_are_only_lost():
    found = fold_in(random_corpus(), PHI, np.zeros(3), seed=0, burn_in=5, samples=100, keep=True)
    used = (found.samples > 0).astype(int)
    assert np.isfinite(found.doc_topic).all()
    assert (np.diff(used, axis=1) <= 0).all()


def test_intervals_of_one_sample_are_those_of_a_beta_distribution():
    found = fold_in(corpus_of([0, 3, 3, 2, 2]), PHI, ALPHA, seed=0, samples=1, keep=True)
    low, high = found.intervals(0.9)
    first = found.samples[0, 0] + ALPHA
    exact = beta_distribution(first, 5 + ALPHA.sum() - first)
    assert low[0] == pytest.approx(exact.ppf(0.05), abs=1e-9)
    assert high[0] == pytest.approx(exact.ppf(0.95), abs=1e-9)


def test_intervals_under_zero_priors_are_points():
    found = fold_in(corpus_of([0], []), PHI, np.zeros(3), seed=0, samples=5, keep=True)
    low, high = found.intervals()
    assert sorted(zip(low[0], high[0], strict=True)) == [(0.0, 0.0), (0.0, 0.0), (1.0, 1.0)]
    assert (low[1].tolist(), high[1].tolist()) == ([0.0] * 3, [1.0] * 3)


@pytest.mark.slow
def test_intervals_cover_simulated_shares():
    rng = np.random.default_rng(5)
    shares = rng.dirichlet(ALPHA, size=2000)
    topics = (rng.random((2000, 40, 1)) > np.cumsum(shares, axis=1)[:, None, :-1]).sum(axis=2)
    documents = (rng.random((2000, 40, 1)) > np.cumsum(PHI, axis=1)[topics][..., :-1]).sum(axis=2)
    low, high = fold_in(corpus_of(*documents), PHI, ALPHA, seed=0, samples=400, keep=True).intervals(0.9)
    covered = ((low <= shares) & (shares <= high)).mean(axis=0)
    # exact under the model; 2000 documents leave a standard error of .0067
    assert covered == pytest.approx(0.9, abs=0.03)


def test_refuses_what_it_cannot_use():
    corpus = corpus_of([0])
    with pytest.raises(InputError, match=r"\(topics, 4\)"):
        fold_in(corpus, np.ones((2, 3)), np.ones(2), seed=0)
    with pytest.raises(InputError, match="`samples` at least 1"):
        fold_in(corpus, PHI, ALPHA, seed=0, samples=0)
    with pytest.raises(InputError, match="keep=True"):
        fold_in(corpus, PHI, ALPHA, seed=0).intervals()
    with pytest.raises(InputError, match="between 0 and 1, but got 95"):
        fold_in(corpus, PHI, ALPHA, seed=0, keep=True).intervals(95)
