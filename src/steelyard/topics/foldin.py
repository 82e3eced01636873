"""The topics of documents under fixed topics: Gibbs sampling of each document by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit, uint64
from numpy.typing import NDArray
from scipy.special import betainc

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.streams import uniform

_DOCUMENTS_A_TASK = 64
_HALVINGS = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Folded:
    """What is known about documents' shares of topics when the topics are fixed.

    Args:
        doc_topic: posterior mean of each topic's share, shape (documents, topics); rows sum to 1.
        samples: tokens of each topic in each kept state of the sampler, int32, shape (documents, samples, topics); without samples
            where they weren't asked for.
        unknown: tokens of each document whose word no topic has, shape (documents,); they are left out.
        alpha: as given, shape (topics,).
    """

    doc_topic: NDArray[np.float64]
    samples: NDArray[np.int32]
    unknown: NDArray[np.int64]
    alpha: NDArray[np.float64]

    def intervals(self, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the lower and upper ends of a central posterior interval of each share, both shape (documents, topics).

        Given the sampled topics of its tokens, a share has a Beta distribution, Beta(n_k + alpha_k, n - n_k + A - alpha_k); over the samples
        it has a mixture of them, whose quantiles are found by bisection.

        Args:
            level: probability inside, in (0, 1).

        Raises:
            InputError: a level out of range, samples that weren't kept.

        When it is wrong: the topics are taken as known, so their own uncertainty is missing; the model's words are exchangeable, real
        ones come in bursts, so the intervals are too short for documents whose words repeat.
        """
        if not 0 < level < 1:
            raise InputError(f"`level` must lie between 0 and 1, but got {level}")
        documents, samples, topics = self.samples.shape
        if samples == 0 and documents > 0:
            raise InputError(
                "samples must have been kept for intervals, but were not; fold in with `keep=True`"
            )
        low, high = np.zeros((2, documents, topics))
        tail = (1 - level) / 2
        for document in range(documents):
            low[document], high[document] = _mixture_quantiles(
                self.samples[document], self.alpha, (tail, 1 - tail)
            )
        return low, high


def fold_in(
    corpus: Corpus,
    topic_word: NDArray[np.float64],
    alpha: NDArray[np.float64],
    *,
    seed: int,
    burn_in: int = 20,
    samples: int = 50,
    threads: int = 1,
    keep: bool = False,
) -> Folded:
    """Return documents' shares of topics given the topics, by collapsed Gibbs sampling.

    Each token's topic is drawn from (n_dk + alpha_k) phi_kw, its own token not counted; the estimate is the mean of
    (n_dk + alpha_k) / (n_d + A) over the kept sweeps. A document is a bag of words here, and its random numbers depend on the seed and
    on its words only: the same document gets the same shares wherever it stands, whatever else is folded in, on any number of threads.

    Args:
        corpus: documents with the topics' vocabulary.
        topic_word: probability of each word in each topic, phi, shape (topics, words); a row of zeros is a topic that nothing belongs to.
        alpha: of each topic, shape (topics,); with all 0 a document's topics can only be lost on the way, as in the chain.
        seed: of the draws.
        burn_in: sweeps that aren't kept.
        samples: sweeps that are, at least 1.
        threads: documents sampled side by side.
        keep: whether to return the sampled counts, which intervals need.

    Raises:
        InputError: shapes that don't match, fewer than 1 sample.

    Example:
        >>> corpus = Corpus.from_documents([["sun", "sky"], ["tax"], []])
        >>> phi = np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
        >>> fold_in(corpus, phi, np.array([0.5, 0.5]), seed=0).doc_topic.round(3).tolist()
        [[0.833, 0.167], [0.25, 0.75], [0.5, 0.5]]
    """
    phi, prior = np.asarray(topic_word, dtype=np.float64), np.asarray(alpha, dtype=np.float64)
    if phi.ndim != 2 or phi.shape[1] != len(corpus.vocabulary) or prior.shape != (phi.shape[0],):
        raise InputError(
            f"topics must have the shape (topics, {len(corpus.vocabulary)}) and alpha (topics,), but got {phi.shape} and {prior.shape}"
        )
    if burn_in < 0 or samples < 1:
        raise InputError(
            f"`burn_in` must be at least 0 and `samples` at least 1, but got {burn_in} and {samples}"
        )
    documents, topics = len(corpus), len(prior)
    by_word = np.ascontiguousarray(phi.T)
    known = by_word.sum(axis=1) > 0
    starts = np.asarray(corpus.starts)
    words = np.asarray(corpus.words)
    shares = np.zeros((documents, topics))
    kept = np.zeros((documents, samples if keep else 0, topics), dtype=np.int32)
    unknown = np.zeros(documents, dtype=np.int64)

    def task(first: int) -> None:
        last = min(first + _DOCUMENTS_A_TASK, documents)
        _fold(
            words,
            starts,
            first,
            last,
            by_word,
            known,
            prior,
            np.uint64(seed),
            burn_in,
            samples,
            shares,
            kept,
            unknown,
        )

    with ThreadPoolExecutor(max(threads, 1)) as pool:
        list(pool.map(task, range(0, documents, _DOCUMENTS_A_TASK)))
    return Folded(doc_topic=shares, samples=kept, unknown=unknown, alpha=prior)


@njit(cache=True)
def _mixed(value: int) -> int:
    """Return a scrambled 64-bit number (the finaliser of splitmix64, Steele, Lea and Flood 2014)."""
    value = (value ^ (value >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> uint64(27))) * uint64(0x94D049BB133111EB)
    return value ^ (value >> uint64(31))


@njit(cache=True)
def _stream_of(bag: NDArray[np.int32], seed: int) -> NDArray[np.uint64]:
    """Return the state of the stream that a seed and a sorted bag of words have."""
    digest = _mixed(uint64(seed) + uint64(0x9E3779B97F4A7C15))
    for word in bag:
        digest = _mixed((digest ^ uint64(word)) + uint64(0x9E3779B97F4A7C15))
    state = np.empty(4, dtype=np.uint64)
    for place in range(4):
        digest = digest + uint64(0x9E3779B97F4A7C15)
        state[place] = _mixed(digest)
    return state


@njit(nogil=True, cache=True)
def _fold(
    words: NDArray[np.int32],
    starts: NDArray[np.int64],
    first: int,
    last: int,
    by_word: NDArray[np.float64],
    known: NDArray[np.bool_],
    alpha: NDArray[np.float64],
    seed: int,
    burn_in: int,
    samples: int,
    shares: NDArray[np.float64],
    kept: NDArray[np.int32],
    unknown: NDArray[np.int64],
) -> None:
    topics = len(alpha)
    whole = alpha.sum()
    cumulative = np.zeros(topics)
    for document in range(first, last):
        bag = np.sort(words[starts[document] : starts[document + 1]])
        state = _stream_of(bag, seed)
        tokens = 0
        for word in bag:
            if known[word]:
                bag[tokens] = word
                tokens += 1
        unknown[document] = len(bag) - tokens
        if tokens == 0 or topics == 1:
            for k in range(topics):
                shares[document, k] = alpha[k] / whole if whole > 0 else 1.0 / topics
            for sample in range(kept.shape[1]):
                kept[document, sample, 0] = tokens
            continue
        counts = np.zeros(topics, dtype=np.int32)
        topic = np.full(tokens, -1, dtype=np.int32)
        for sweep in range(burn_in + samples + 1):
            _sweep(bag[:tokens], topic, counts, by_word, alpha, cumulative, state)
            if sweep > burn_in:
                for k in range(topics):
                    shares[document, k] += (counts[k] + alpha[k]) / (tokens + whole) / samples
                if kept.shape[1] > 0:
                    kept[document, sweep - burn_in - 1] = counts


@njit(nogil=True, cache=True)
def _sweep(
    bag: NDArray[np.int32],
    topic: NDArray[np.int32],
    counts: NDArray[np.int32],
    by_word: NDArray[np.float64],
    alpha: NDArray[np.float64],
    cumulative: NDArray[np.float64],
    state: NDArray[np.uint64],
) -> None:
    """Draw the topic of each token; one that has none yet (-1) is drawn from its word alone, so that with alpha = 0 all have a chance."""
    for token in range(len(bag)):
        weights = by_word[bag[token]]
        old = topic[token]
        mass = 0.0
        if old < 0:
            for k in range(len(counts)):
                mass += weights[k]
                cumulative[k] = mass
        else:
            counts[old] -= 1
            for k in range(len(counts)):
                mass += (counts[k] + alpha[k]) * weights[k]
                cumulative[k] = mass
        new = old
        if mass > 0:
            reach = uniform(state) * mass
            new = 0
            while (
                new < len(counts) - 1 and cumulative[new] <= reach
            ):  # u * mass may be rounded to a subnormal mass
                new += 1
        topic[token] = new
        counts[new] += 1


def _mixture_quantiles(
    counts: NDArray[np.int32], alpha: NDArray[np.float64], tails: tuple[float, float]
) -> NDArray[np.float64]:
    """Return quantiles of the shares of one document's topics, shape (tails, topics)."""
    samples, topics = counts.shape
    whole = float(counts[0].sum()) + float(alpha.sum()) if samples else 0.0
    if whole == 0:  # an empty document under alpha = 0: nothing is known
        return np.array([np.zeros(topics), np.ones(topics)])
    topic, place = np.meshgrid(np.arange(topics), np.arange(samples))
    pairs, times = np.unique(
        np.stack([topic.ravel(), counts[place, topic].ravel()]), axis=1, return_counts=True
    )
    first = pairs[1] + alpha[pairs[0]]
    second = np.maximum(whole - first, 0.0)
    weight = times / samples
    found = np.zeros((len(tails), topics))
    for row, tail in enumerate(tails):
        low, high = np.zeros(topics), np.ones(topics)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            below = np.bincount(
                pairs[0], weights=weight * _beta_cdf(first, second, middle[pairs[0]]), minlength=topics
            )
            enough = below >= tail
            high, low = np.where(enough, middle, high), np.where(enough, low, middle)
        found[row] = np.where(high < 1e-15, 0.0, high)
    return found


def _beta_cdf(
    first: NDArray[np.float64], second: NDArray[np.float64], at: NDArray[Any]
) -> NDArray[np.float64]:
    """Return the Beta distribution function; a parameter of 0 is a point mass, at 0 or at 1."""
    proper = (first > 0) & (second > 0)
    inside = betainc(np.where(proper, first, 1.0), np.where(proper, second, 1.0), at)
    return np.where(proper, inside, np.where(first > 0, (at >= 1).astype(np.float64), 1.0))
