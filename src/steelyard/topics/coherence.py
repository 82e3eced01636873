"""Do the words of a topic belong together? Coherence from the documents that words share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coherence:
    """How well the top words of each topic go together, whole documents being the windows.

    Args:
        npmi: mean normalised pointwise mutual information of the pairs of top words, shape (topics,); from -1 (never together) over 0
            (as often as by chance) to 1 (always together); nan for a topic with fewer than two words that the documents have.
        umass: mean of ln[(documents with both + 1) / documents with the more probable word] (Mimno et al. 2011), shape (topics,).
        top: number of words that were looked at.
    """

    npmi: NDArray[np.float64]
    umass: NDArray[np.float64]
    top: int

    @property
    def mean_npmi(self) -> float:
        """Return the mean over topics that have a value; nan where none has."""
        return _mean(self.npmi)

    @property
    def mean_umass(self) -> float:
        """Return the mean over topics that have a value; nan where none has."""
        return _mean(self.umass)


def coherence(topic_word: NDArray[Any], corpus: Corpus, *, top: int = 10) -> Coherence:
    """Return the coherence of topics on documents.

    NPMI is ln[p(a, b) / (p(a) p(b))] / -ln p(a, b) (Bouma 2009; Lau, Newman and Baldwin 2014), where p is the share of documents that have the
    word, or both. It is -1 for words that never meet and 1 for words that every document has.

    Args:
        topic_word: weight of each word in each topic, shape (topics, words); words without weight are left out.
        corpus: documents with the same vocabulary; held-out ones or a larger collection make a fairer judge than those of the fit.
        top: words of a topic that are looked at, at least 2.

    Raises:
        InputError: another number of words, fewer than 2 top words.

    Example:
        >>> corpus = Corpus.from_documents([["sun", "sky"], ["sun", "sky"], ["tax", "law"], ["sun"]])
        >>> found = coherence([[3, 2, 0, 0], [0, 2, 1, 0]], corpus)
        >>> found.npmi.round(3).tolist()
        [0.415, -1.0]

    When it is wrong: it looks at a topic's top words only, whole documents are coarse windows for long documents, and rare words make it noisy.
    It agrees with people's judgement in the mean, not for every topic, and says nothing about how well documents are described.
    """
    weights = np.asarray(topic_word, dtype=np.float64)
    if weights.ndim != 2 or weights.shape[1] != len(corpus.vocabulary):
        raise InputError(
            f"`topic_word` must have the shape (topics, {len(corpus.vocabulary)}), but got {weights.shape}"
        )
    if top < 2:
        raise InputError(f"`top` must be at least 2, but got {top}")
    chosen = [_top(row, top) for row in weights]
    used = np.unique(np.concatenate(chosen)) if chosen else np.empty(0, dtype=np.int64)
    together = _together(corpus, used)
    both = [together[np.ix_(at, at)] for at in (np.searchsorted(used, words) for words in chosen)]
    return Coherence(
        npmi=np.array([_npmi(each, len(corpus)) for each in both]),
        umass=np.array([_umass(each) for each in both]),
        top=top,
    )


def top_words(topic_word: NDArray[Any], vocabulary: Sequence[str], *, top: int = 10) -> list[list[str]]:
    """Return the words with the most weight in each topic, the heaviest first; words without weight are left out.

    Example:
        >>> top_words(np.array([[3, 0, 5]]), ["sky", "tax", "sun"])
        [['sun', 'sky']]
    """
    return [[vocabulary[word] for word in _top(row, top)] for row in np.asarray(topic_word)]


def _top(row: NDArray[Any], top: int) -> NDArray[np.int64]:
    """Return the heaviest words; ties go to the smaller number."""
    order = np.argsort(-row, kind="stable")[:top]
    return np.asarray(order[row[order] > 0], dtype=np.int64)


def _together(corpus: Corpus, used: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how many documents have both words of each pair, shape (used, used); each word's own number on the diagonal."""
    present = corpus.counts()[:, used]
    present.data = np.ones_like(present.data, dtype=np.int64)
    return np.asarray((present.T @ present).toarray(), dtype=np.float64)


def _npmi(together: NDArray[np.float64], documents: int) -> float:
    held = np.flatnonzero(np.diag(together) > 0)
    first, second = np.triu_indices(len(held), 1)
    if len(first) == 0:
        return float("nan")
    first, second = held[first], held[second]
    share = np.diag(together) / documents
    both = together[first, second] / documents
    values = np.full(len(both), -1.0)
    values[both == 1] = 1.0
    inner = (both > 0) & (both < 1)
    values[inner] = np.log(both[inner] / (share[first] * share[second])[inner]) / -np.log(both[inner])
    return float(values.mean())


def _umass(together: NDArray[np.float64]) -> float:
    """Return the mean over pairs in the words' order: the earlier, heavier word is the condition."""
    held = np.flatnonzero(np.diag(together) > 0)
    first, second = np.triu_indices(len(held), 1)
    if len(first) == 0:
        return float("nan")
    first, second = held[first], held[second]
    return float(np.log((together[first, second] + 1) / np.diag(together)[first]).mean())


def _mean(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
