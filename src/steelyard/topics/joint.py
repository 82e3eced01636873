"""The probability of words and topics together, log p(w, z | alpha, beta), from counts alone."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

_TABLED = 4096


def log_joint(
    doc_topic: NDArray[np.integer],
    topic_word: NDArray[np.integer],
    *,
    alpha: NDArray[np.float64],
    beta: float,
) -> float:
    """Return log p(w, z | alpha, beta) in nats (Griffiths and Steyvers 2004, eqs. 2 and 3, for any alpha).

    Args:
        doc_topic: tokens of each document and topic, shape (documents, topics).
        topic_word: tokens of each topic and word, shape (topics, words).
        alpha: shape (topics,).
        beta: of each word.

    With a prior of 0 it is the limit from above: -inf for an assignment that the prior excludes (alpha = 0: a document with two
    topics; beta = 0: a topic with two words).

    Example:
        >>> round(log_joint(np.array([[1, 0]]), np.array([[1], [0]]), alpha=np.array([1.0, 1.0]), beta=1.0), 6)
        -0.693147
    """
    return _rows(doc_topic, alpha) + _rows(topic_word, np.full(topic_word.shape[1], beta))


def _rows(counts: NDArray[np.integer], prior: NDArray[np.float64]) -> float:
    """Return the log probability of sequences with these counts in each row under a Dirichlet prior (Polya's urn)."""
    whole = float(prior.sum())
    if len(counts) == 0 or counts.shape[1] == 0:
        return 0.0
    if whole == 0:
        used = (counts > 0).sum(axis=1)
        return -math.inf if np.any(used > 1) else -float((used == 1).sum()) * math.log(counts.shape[1])
    if np.any((prior == 0) & (counts > 0).any(axis=0)):
        return -math.inf
    same = bool(np.all(prior == prior[0]))
    return float(_rising(np.ascontiguousarray(counts), prior, whole, same))


@njit(cache=True)
def _rising(counts: NDArray[np.integer], prior: NDArray[np.float64], whole: float, same: bool) -> float:
    """Return the sum over rows of sum_k log rising(prior_k, n_k) - log rising(whole, n)."""
    table = np.zeros(_TABLED)
    if same:
        for n in range(1, _TABLED):
            table[n] = math.lgamma(n + prior[0]) - math.lgamma(prior[0])
    found = 0.0
    for row in range(counts.shape[0]):
        tokens = 0
        here = 0.0
        for k in range(counts.shape[1]):
            n = counts[row, k]
            if n > 0:
                tokens += n
                if same and n < _TABLED:
                    here += table[n]
                else:
                    here += math.lgamma(n + prior[k]) - math.lgamma(prior[k])
        if tokens > 0:
            found += here - (math.lgamma(tokens + whole) - math.lgamma(whole))
    return found
