"""Priors learned from counts: the fixed points that maximise the probability of the present assignment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from steelyard.topics.prior import MOST

_MOST_STEPS = 200
_CLOSE = 1e-6
LEAST_LEARNED = 1e-6
"""What a learned parameter is kept above: at 0 a topic that lost its last token could never come back."""


def learned_alpha(doc_topic: NDArray[np.integer], alpha: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the asymmetric alpha, shape (topics,), that maximises p(z | alpha) (Minka 2000, eq. 55; Wallach 2009, section 2.4).

    The fixed point alpha_k <- alpha_k sum_d [psi(n_dk + alpha_k) - psi(alpha_k)] / sum_d [psi(n_d + A) - psi(A)] is computed over
    histograms of counts, so that its cost doesn't grow with the number of documents.

    Args:
        doc_topic: tokens of each document and topic, shape (documents, topics).
        alpha: where to start, all above 0.

    Example:
        >>> learned_alpha(np.array([[4, 1], [3, 0], [1, 2], [2, 0]]), np.ones(2)).round(2).tolist()
        [8.88, 2.67]
    """
    counts = [_histogram(doc_topic[:, k]) for k in range(doc_topic.shape[1])]
    values = np.concatenate([each for each, _ in counts])
    times = np.concatenate([each for _, each in counts])
    topic = np.repeat(np.arange(len(counts)), [len(each) for each, _ in counts])
    lengths, length_times = _histogram(doc_topic.sum(axis=1))
    if len(lengths) == 0:
        return alpha
    for _ in range(_MOST_STEPS):
        gained = times * (digamma(values + alpha[topic]) - digamma(alpha[topic]))
        numerator = np.bincount(topic, weights=gained, minlength=len(alpha))
        whole = alpha.sum()
        denominator = float((length_times * (digamma(lengths + whole) - digamma(whole))).sum())
        found = np.clip(alpha * numerator / denominator, LEAST_LEARNED, MOST)
        moved = float(np.abs(found - alpha).max() / alpha.max())
        alpha = found
        if moved < _CLOSE:
            break
    return alpha


def learned_beta(topic_word: NDArray[np.integer], beta: float) -> float:
    """Return the symmetric beta that maximises p(w | z, beta) (Minka 2000, eq. 55; Wallach 2009, section 2.4).

    Args:
        topic_word: tokens of each topic and word, shape (topics, words).
        beta: where to start, above 0.

    Example:
        >>> round(learned_beta(np.array([[5, 1, 0, 0], [0, 0, 2, 4]]), 1.0), 2)
        0.28
    """
    words = topic_word.shape[1]
    values, times = _histogram(topic_word.ravel())
    lengths, length_times = _histogram(topic_word.sum(axis=1))
    if len(values) == 0 or words == 1:
        return beta
    for _ in range(_MOST_STEPS):
        numerator = float((times * (digamma(values + beta) - digamma(beta))).sum())
        whole = words * beta
        denominator = words * float((length_times * (digamma(lengths + whole) - digamma(whole))).sum())
        found = min(max(beta * numerator / denominator, LEAST_LEARNED), MOST)
        moved = abs(found - beta) / beta
        beta = found
        if moved < _CLOSE:
            break
    return beta


def _histogram(counts: NDArray[np.integer]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the counts above 0 that occur, and how often."""
    values, times = np.unique(counts[counts > 0], return_counts=True)
    return values.astype(np.float64), times.astype(np.float64)
