"""How well topics foretell words: half of each held-out document is read, the other half is scored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.foldin import fold_in


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Halves:
    """Documents cut in two.

    Args:
        read: the half that topics are estimated from.
        scored: the half that is foretold; the same documents, in the same order.
    """

    read: Corpus
    scored: Corpus


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Completion:
    """The score of held-out documents.

    Args:
        nats: total nats of each document's scored half, shape (documents,); inf for a document with a word of probability 0.
        tokens: scored tokens of each document, shape (documents,).
        impossible: scored tokens whose probability was 0 (a word that no topic of the document has: beta = 0).
        level: coverage of the interval.
    """

    nats: NDArray[np.float64]
    tokens: NDArray[np.int64]
    impossible: int
    level: float = 0.95

    @property
    def nats_per_word(self) -> float:
        """Return the mean nats a word; nan without a scored word."""
        tokens = int(self.tokens.sum())
        return float(self.nats.sum()) / tokens if tokens else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Return the interval of nats a word over documents: a ratio estimator's (Cochran 1977, section 6.4), with t quantiles.

        Documents are the draws, not words. The whole line where fewer than two documents were scored.
        """
        counted = self.tokens > 0
        documents = int(counted.sum())
        ratio = self.nats_per_word
        if documents < 2 or not math.isfinite(ratio):
            return (-math.inf, math.inf)
        nats, tokens = self.nats[counted], self.tokens[counted].astype(np.float64)
        spread = float((nats - ratio * tokens).std(ddof=1))
        half = (
            float(stdtrit(documents - 1, (1 + self.level) / 2))
            * spread
            / (tokens.mean() * math.sqrt(documents))
        )
        return (ratio - half, ratio + half)

    @property
    def perplexity(self) -> float:
        """Return exp(nats a word)."""
        return _exp(self.nats_per_word)

    @property
    def perplexity_interval(self) -> tuple[float, float]:
        """Return the interval of the perplexity over documents."""
        low, high = self.interval
        return (_exp(low), _exp(high))


def halves(corpus: Corpus, *, seed: int) -> Halves:
    """Return documents cut in two at random, token by token; of an odd number the scored half has one more.

    Example:
        >>> cut = halves(Corpus.from_documents([["a", "b", "a"], ["b"], []]), seed=0)
        >>> cut.read.lengths.tolist(), cut.scored.lengths.tolist()
        ([1, 0, 0], [2, 1, 0])
    """
    rng = np.random.default_rng(seed)
    document = np.repeat(np.arange(len(corpus)), corpus.lengths)
    order = np.lexsort((rng.random(corpus.tokens), document))
    place = np.arange(corpus.tokens) - corpus.starts[document]
    read = place < (corpus.lengths // 2)[document]
    words = np.asarray(corpus.words)[order]
    lengths = corpus.lengths // 2
    return Halves(
        read=_part(corpus, words[read], lengths), scored=_part(corpus, words[~read], corpus.lengths - lengths)
    )


def completion(
    corpus: Corpus,
    topic_word: NDArray[np.float64],
    alpha: NDArray[np.float64],
    *,
    seed: int,
    burn_in: int = 20,
    samples: int = 50,
    threads: int = 1,
    unigram: NDArray[Any] | None = None,
    unigram_share: float = 0.0,
    level: float = 0.95,
) -> Completion:
    """Return the score of held-out documents by completion (Rosen-Zvi et al. 2004; Wallach et al. 2009, section 4.4).

    Half of a document's tokens, chosen at random, estimate its shares of topics theta (`fold_in`); each word of the other half is
    foretold with sum_k theta_k phi_kw. It depends on nothing but words, shares and topics, so any model of topics can be scored by it.

    Args:
        corpus: documents that the topics weren't fitted on, with the same vocabulary.
        topic_word: probability of each word in each topic, shape (topics, words); a row of zeros is a topic that nothing belongs to.
        alpha: of each topic, shape (topics,).
        seed: of the cut and of the draws.
        burn_in: sweeps of the fold-in that aren't kept.
        samples: sweeps that are.
        threads: documents side by side.
        unigram: probabilities of words, shape (words,), that are mixed in, so that no word is impossible.
        unigram_share: how much of them, 0 to 1.
        level: coverage of the interval, in (0, 1).

    Raises:
        InputError: shapes that don't match, a share or level out of range.

    Example:
        >>> corpus = Corpus.from_documents([["sun", "sky", "sun", "sky"], ["tax", "law"] * 4])
        >>> phi = np.array([[0.49, 0.49, 0.01, 0.01], [0.01, 0.01, 0.49, 0.49]])
        >>> found = completion(corpus, phi, np.array([0.1, 0.1]), seed=0)
        >>> bool(found.perplexity < 2.5), found.impossible
        (True, 0)

    When it is wrong: a document of one or two words says nothing about its own topics and is scored with the prior, so collections of short
    documents score high whatever the model. Words that the vocabulary doesn't have aren't scored: compare models on one vocabulary only.
    """
    if not 0 <= unigram_share <= 1 or (unigram_share > 0 and unigram is None):
        raise InputError(
            f"`unigram_share` must be 0 to 1, with `unigram` given above 0, but got {unigram_share}"
        )
    if not 0 < level < 1:
        raise InputError(f"`level` must lie between 0 and 1, but got {level}")
    cut = halves(corpus, seed=seed)
    shares = fold_in(
        cut.read, topic_word, alpha, seed=seed, burn_in=burn_in, samples=samples, threads=threads
    ).doc_topic
    probability = (1 - unigram_share) * _probabilities(
        cut.scored, shares, np.asarray(topic_word, dtype=np.float64)
    )
    if unigram is not None:
        probability += unigram_share * np.asarray(unigram, dtype=np.float64)[cut.scored.words]
    return scored(cut.scored, probability, level=level)


def scored(corpus: Corpus, probability: NDArray[np.float64], *, level: float = 0.95) -> Completion:
    """Return the score of documents whose tokens were given these probabilities, shape (tokens,).

    Example:
        >>> scored(Corpus.from_documents([["a", "b"]]), np.array([0.5, 0.125])).perplexity
        4.0
    """
    with np.errstate(divide="ignore"):
        nats = -np.log(probability)
    document = np.repeat(np.arange(len(corpus)), corpus.lengths)
    return Completion(
        nats=np.asarray(np.bincount(document, weights=nats, minlength=len(corpus)), dtype=np.float64),
        tokens=corpus.lengths,
        impossible=int((probability <= 0).sum()),
        level=level,
    )


def _probabilities(
    corpus: Corpus, shares: NDArray[np.float64], topic_word: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the probability of each token, document by document, so that no (tokens, topics) array is made."""
    found = np.empty(corpus.tokens)
    by_word = np.ascontiguousarray(topic_word.T)
    for document in range(len(corpus)):
        here = slice(corpus.starts[document], corpus.starts[document + 1])
        found[here] = by_word[corpus.words[here]] @ shares[document]
    return found


def _part(corpus: Corpus, words: NDArray[np.int32], lengths: NDArray[np.int64]) -> Corpus:
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Corpus(words=words, starts=starts, vocabulary=corpus.vocabulary, names=corpus.names)


def _exp(value: float) -> float:
    return math.exp(value) if value < 700 else (value if math.isnan(value) else math.inf)
