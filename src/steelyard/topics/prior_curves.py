"""A prior and what it became: where Dirichlet shares lie before the words are seen, and where they lie after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError

_BINS_A_DECADE = 4
_MOST_CELLS = 5_000_000
"""Shares that are drawn at most; of more documents or topics an even selection is."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PriorCurve:
    """How shares are distributed, on a logarithmic axis.

    Args:
        edges: ends of the bins, increasing, the last one 1, shape (bins + 1,).
        prior: probability of each bin under the prior, shape (bins,).
        posterior: share of the drawn shares in each bin, shape (bins,).
        prior_below: probability below the first bin under the prior.
        posterior_below: share of the drawn shares below it.
        drawn: how many shares were drawn.
    """

    edges: NDArray[np.float64]
    prior: NDArray[np.float64]
    posterior: NDArray[np.float64]
    prior_below: float
    posterior_below: float
    drawn: int


def dirichlet_bins(
    parameters: NDArray[Any], edges: NDArray[Any], *, size: int | None = None
) -> tuple[NDArray[np.float64], float]:
    """Return the probability of each bin, and below all, for a share picked at random from a Dirichlet distribution.

    One share of a Dirichlet distribution has a Beta distribution, Beta(a_k, A - a_k) with A the sum of the parameters; picking a share at
    random makes it the mean of those. A parameter of 0 is a share that is always 0; if all are, any one share is 1.

    Args:
        parameters: shape (shares,); one number where all are equal.
        edges: ends of the bins, increasing, within 0-1, shape (bins + 1,).
        size: number of shares, where `parameters` is one number.

    Example:
        >>> inside, below = dirichlet_bins(np.array([1.0, 1.0]), np.array([0.25, 0.5, 1.0]))
        >>> inside.tolist(), below
        ([0.25, 0.5], 0.25)
    """
    each = np.asarray(parameters, dtype=np.float64)
    shares = len(each) if size is None else size
    kinds, counts = (
        (each, np.ones(shares)) if size is None else (np.atleast_1d(each), np.array([float(shares)]))
    )
    whole = float((kinds * counts).sum())
    limits = np.asarray(edges, dtype=np.float64)
    reached = np.zeros(len(limits))
    for value, count in zip(*_grouped(kinds, counts), strict=True):
        if whole == 0:
            at = np.where(limits >= 1, 1.0, 1 - 1 / shares)
        elif value == 0:
            at = np.ones(len(limits))
        elif value >= whole:
            at = (limits >= 1).astype(np.float64)
        else:
            at = betainc(value, whole - value, limits)
        reached += count / shares * at
    return np.diff(reached), float(reached[0])


def _grouped(
    values: NDArray[np.float64], counts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return distinct values and how many there are of each."""
    distinct, where = np.unique(values, return_inverse=True)
    return distinct, np.bincount(where, weights=counts).astype(np.float64)


def document_curve(
    corpus: Corpus, assignments: NDArray[Any], alpha: NDArray[np.float64], *, seed: int, lowest: float = 1e-4
) -> PriorCurve:
    """Return where documents' shares of topics lie under the prior alone, and given their words.

    For each document one theta is drawn from Dirichlet(n_d + alpha), its distribution given the topics of its tokens. Were the model true
    and the chain in its stationary distribution, these draws would be distributed as the prior: where the curves differ, alpha doesn't
    describe the documents (posterior means wouldn't do, they are less spread than draws).

    Args:
        corpus: documents.
        assignments: topic of each token, shape (tokens,).
        alpha: shape (topics,).
        seed: of the draws.
        lowest: where the axis starts, above 0.

    Raises:
        InputError: `lowest` outside 0-1.
    """
    topics = len(alpha)
    picked = _evenly(len(corpus), _MOST_CELLS // max(topics, 1))
    counts = np.array(
        [
            np.bincount(assignments[corpus.starts[each] : corpus.starts[each + 1]], minlength=topics)
            for each in picked.tolist()
        ]
    ).reshape(len(picked), topics)
    return _curve(counts + alpha, alpha, None, seed=seed, lowest=lowest)


def word_curve(topic_word: NDArray[Any], beta: float, *, seed: int, lowest: float = 1e-7) -> PriorCurve:
    """Return where topics' shares of words lie under the prior alone, and given the words; as `document_curve`.

    Args:
        topic_word: tokens of each topic and word, shape (topics, words).
        beta: of each word.
        seed: of the draws.
        lowest: where the axis starts, above 0.

    Raises:
        InputError: `lowest` outside 0-1.
    """
    counts = np.asarray(topic_word)
    picked = _evenly(len(counts), _MOST_CELLS // max(counts.shape[1], 1))
    return _curve(counts[picked] + beta, np.array(beta), counts.shape[1], seed=seed, lowest=lowest)


def _curve(
    parameters: NDArray[np.float64], prior: NDArray[np.float64], size: int | None, *, seed: int, lowest: float
) -> PriorCurve:
    if not 0 < lowest < 1:
        raise InputError(f"`lowest` must lie between 0 and 1, but got {lowest}")
    bins = max(round(-np.log10(lowest) * _BINS_A_DECADE), 1)
    edges = np.logspace(np.log10(lowest), 0, bins + 1)
    edges[-1] = 1.0
    inside, below = dirichlet_bins(prior, edges, size=size)
    drawn = _drawn(parameters, np.random.default_rng(seed))
    found, _ = np.histogram(np.minimum(drawn, 1.0), bins=edges)
    total = max(drawn.size, 1)
    return PriorCurve(
        edges=edges,
        prior=inside,
        posterior=found / total,
        prior_below=below,
        posterior_below=float((drawn < edges[0]).sum()) / total,
        drawn=drawn.size,
    )


def _drawn(parameters: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a draw from the Dirichlet distribution of each row; rows whose parameters are all 0 have none, and are left out.

    Gamma variates of a small shape a are below the smallest float; their logarithms, ln G(a + 1) + ln(U) / a, are not
    (Marsaglia and Tsang 2000, section 6).
    """
    rows = parameters[parameters.sum(axis=1) > 0]
    there = rows > 0
    with np.errstate(divide="ignore"):
        uniform = np.log(rng.random(rows.shape)) / np.where(there, rows, 1.0)
        logs = np.where(there, np.log(rng.standard_gamma(rows + 1)) + uniform, -np.inf)
    heights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(heights / heights.sum(axis=1, keepdims=True), dtype=np.float64)


def _evenly(size: int, most: int) -> NDArray[np.int64]:
    """Return all numbers below `size`, or an even selection of about `most` of them."""
    return np.arange(0, size, max(-(-size // max(most, 1)), 1), dtype=np.int64)
