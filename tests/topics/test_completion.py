import math

import numpy as np
import pytest

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.completion import Completion, completion, halves, scored


def random_corpus(documents=200, words=30, seed=0):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 40, size=documents)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    tokens = rng.integers(0, words, size=starts[-1]).astype(np.int32)
    return Corpus(words=tokens, starts=starts, vocabulary=tuple(map(str, range(words))))


def test_halves_hold_every_token_once():
    corpus = random_corpus()
    cut = halves(corpus, seed=1)
    assert (cut.read.counts() + cut.scored.counts() != corpus.counts()).nnz == 0
    assert (cut.read.lengths == corpus.lengths // 2).all()
    assert (halves(corpus, seed=1).read.words == cut.read.words).all()
    assert (halves(corpus, seed=2).read.words != cut.read.words).any()


def test_every_token_is_as_likely_to_be_scored():
    corpus = Corpus.from_documents([["a", "b", "c", "d"]])
    often = np.mean(
        [np.bincount(halves(corpus, seed=seed).scored.words, minlength=4) for seed in range(600)], axis=0
    )
    assert often == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(600))


def test_one_topic_scores_as_its_words_do():
    corpus = random_corpus()
    phi = np.random.default_rng(1).dirichlet(np.ones(30), size=1)
    found = completion(corpus, phi, np.array([0.1]), seed=0)
    words = halves(corpus, seed=0).scored.words
    assert found.nats_per_word == pytest.approx(-np.log(phi[0, words]).mean())
    assert found.perplexity == pytest.approx(math.exp(found.nats_per_word))


def test_uniform_topics_have_the_perplexity_of_the_vocabulary():
    found = completion(random_corpus(), np.full((4, 30), 1 / 30), np.full(4, 0.1), seed=0)
    assert found.perplexity == pytest.approx(30)
    assert found.perplexity_interval == pytest.approx((30, 30))


def test_a_word_without_probability_costs_infinitely_much_unless_a_unigram_is_mixed_in():
    corpus = Corpus.from_documents([["a", "a"], ["b", "b"]])
    phi = np.array([[1.0, 0.0]])
    found = completion(corpus, phi, np.ones(1), seed=0)
    assert (found.nats_per_word, found.perplexity, found.impossible) == (math.inf, math.inf, 1)
    assert found.interval == (-math.inf, math.inf)
    mixed = completion(corpus, phi, np.ones(1), seed=0, unigram=np.array([0.5, 0.5]), unigram_share=0.1)
    assert mixed.nats_per_word == pytest.approx(-(math.log(0.95) + math.log(0.05)) / 2)


def test_no_scored_word_is_no_score():
    found = completion(Corpus.from_documents([[], []]), np.ones((2, 0)), np.ones(2), seed=0)
    assert math.isnan(found.nats_per_word)
    assert math.isnan(found.perplexity)


def test_the_interval_is_near_the_bootstrap_over_documents():
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, 60, size=300)
    nats = tokens * rng.normal(6, 0.7, size=300)
    found = Completion(nats=nats, tokens=tokens, impossible=0)
    again = rng.integers(0, 300, size=(4000, 300))
    low, high = np.quantile(nats[again].sum(axis=1) / tokens[again].sum(axis=1), [0.025, 0.975])
    assert found.interval == pytest.approx((low, high), abs=0.1 * (high - low))


@pytest.mark.slow
def test_the_interval_covers_the_ratio_of_means():
    rng = np.random.default_rng(1)
    covered = []
    for _ in range(2000):
        tokens = rng.integers(1, 60, size=40)
        low, high = Completion(
            nats=tokens * rng.normal(6, 1, size=40) + tokens**1.5, tokens=tokens, impossible=0
        ).interval
        every = np.arange(1, 60)
        covered.append(low <= 6 + (every**1.5).mean() / every.mean() <= high)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.025)


def test_scored_adds_up_by_document():
    found = scored(Corpus.from_documents([["a"], [], ["b", "b"]]), np.array([0.5, 0.25, 0.25]))
    assert found.nats == pytest.approx(np.log([2, 1, 16]))
    assert found.tokens.tolist() == [1, 0, 2]


def test_refuses_what_it_cannot_use():
    corpus = random_corpus()
    phi = np.full((1, 30), 1 / 30)
    with pytest.raises(InputError, match="`unigram` given"):
        completion(corpus, phi, np.ones(1), seed=0, unigram_share=0.1)
    with pytest.raises(InputError, match="between 0 and 1, but got 95"):
        completion(corpus, phi, np.ones(1), seed=0, level=95)
