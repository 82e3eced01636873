"""Exact collapsed Gibbs over a block of tokens, word after word, in single precision and vector instructions."""

from __future__ import annotations

import numpy as np
from numba import float32, float64, int64, njit, uint64
from numpy.typing import NDArray

from steelyard.topics.kernels.lanes import LANES, SUMS, products
from steelyard.topics.streams import uniform

_Counts = NDArray[np.int32]
_Floats = NDArray[np.float32]


@njit(nogil=True, cache=True)
def sweep_block(
    run_word: NDArray[np.int32],
    run_start: NDArray[np.int64],
    runs: tuple[int, int],
    document: NDArray[np.int32],
    topic: NDArray[np.uint16],
    doc_topic: NDArray[np.uint16],
    word_topic: _Counts,
    totals: NDArray[np.int64],
    share: _Floats,
    alpha: _Floats,
    beta: float,
    group_beta: float,
    state: NDArray[np.uint64],
) -> int:
    """Draw the topic of every token of a block from its full conditional, and return how many of them had no mass anywhere.

    With the token's own count removed, topic k has the probability (Griffiths and Steyvers 2004, eq. 5, inside a group of words)

        p(k) proportional to (n_dk + alpha_k) share_k (n_kw + beta) / (n_k + group_beta)

    Args:
        run_word: word of each run of tokens, shape (runs,).
        run_start: where each run starts, shape (runs + 1,).
        runs: first run of the block, and the one after its last.
        document: document of each token, shape (tokens,).
        topic: topic of each token, shape (tokens,); drawn anew.
        doc_topic: tokens of each document and topic, flat, shape (documents * width,); kept up to date, as the next two.
        word_topic: tokens of each word and topic, shape (words, width).
        totals: tokens of the group of words in each topic, shape (width,).
        share: the topics' mass on this group of words, shape (width,), 1 where there is one group.
        alpha: of each topic, shape (width,), 0 behind the last.
        beta: of each word.
        group_beta: beta times the number of words in the group.
        state: the random stream, shape (4,).

    When it is wrong: products are rounded to 24 bits, so probabilities are within a millionth of themselves, and what has less than 6e-8 of
    the mass may never be drawn. `scalar` computes in double precision.
    """
    width = len(totals)
    normaliser = np.zeros(width, np.float32)
    weights = np.zeros(width, np.float32)
    out = np.zeros(width, np.float32)
    sums = np.zeros(SUMS, np.float32)
    group = float32(group_beta)
    own = float32(beta)
    stuck = 0
    for k in range(width):
        normaliser[k] = _normaliser(share[k], totals[k], group)
    for run in range(runs[0], runs[1]):
        counts = word_topic[run_word[run]]
        for k in range(width):
            weights[k] = (float32(counts[k]) + own) * normaliser[k]
        for token in range(run_start[run], run_start[run + 1]):
            offset = int64(document[token]) * width
            old = uint64(topic[token])
            counts[old] -= 1
            totals[old] -= 1
            doc_topic[uint64(offset) + old] -= 1
            normaliser[old] = _normaliser(share[old], totals[old], group)
            weights[old] = (float32(counts[old]) + own) * normaliser[old]
            drawn = uniform(state)
            lane, rest, mass = products(doc_topic, offset, alpha, weights, out, sums, width, float32(drawn))
            rest = max(rest, float32(0))  # sums of lanes may cross by a rounding
            new = uint64(lane)
            if lane < LANES:
                while new < uint64(width):
                    if rest < out[new]:
                        break
                    rest -= out[new]
                    new += uint64(LANES)
            else:
                new = uint64(width)
            if new >= uint64(width):  # no mass at all, or rounding went past the last topic that has some
                if mass > 0:
                    new = uint64(_searched(out, drawn))
                else:
                    new = old
                    stuck += 1
            topic[token] = new
            counts[new] += 1
            totals[new] += 1
            doc_topic[uint64(offset) + new] += 1
            normaliser[new] = _normaliser(share[new], totals[new], group)
            weights[new] = (float32(counts[new]) + own) * normaliser[new]
    return stuck


@njit(inline="always")
def _normaliser(share: float, total: int, group_beta: float) -> float:
    """Return share / (total + group_beta), 0 for a topic without tokens where beta is 0."""
    below = float32(total) + group_beta
    if below > 0:
        return share / below
    return float32(0)


@njit
def _searched(masses: _Floats, share: float) -> int:
    """Return where a share of the masses' sum falls, in double precision; never on one without mass."""
    whole = 0.0
    for mass in masses:
        whole += float64(mass)
    reach = share * whole
    last = 0
    for k in range(len(masses)):
        if masses[k] > 0:
            last = k
            if reach < masses[k]:
                return k
            reach -= float64(masses[k])
    return last
