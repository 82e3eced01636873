"""Exact collapsed Gibbs over a block of tokens in double precision: plain, and what `vector` is held against."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from steelyard.topics.streams import uniform


@njit(nogil=True, cache=True)
def sweep_block(
    run_word: NDArray[np.int32],
    run_start: NDArray[np.int64],
    runs: tuple[int, int],
    document: NDArray[np.int32],
    topic: NDArray[np.uint16],
    doc_topic: NDArray[np.uint16],
    word_topic: NDArray[np.int32],
    totals: NDArray[np.int64],
    share: NDArray[np.float64],
    alpha: NDArray[np.float64],
    beta: float,
    group_beta: float,
    state: NDArray[np.uint64],
) -> int:
    """Draw the topic of every token of a block from its full conditional; arguments and result as in `vector`, in double precision."""
    width = len(totals)
    cumulative = np.zeros(width)
    stuck = 0
    for run in range(runs[0], runs[1]):
        counts = word_topic[run_word[run]]
        for token in range(run_start[run], run_start[run + 1]):
            offset = np.int64(document[token]) * width
            old = np.int64(topic[token])
            counts[old] -= 1
            totals[old] -= 1
            doc_topic[offset + old] -= 1
            mass = 0.0
            for k in range(width):
                below = totals[k] + group_beta
                if below > 0:
                    mass += (doc_topic[offset + k] + alpha[k]) * share[k] * (counts[k] + beta) / below
                cumulative[k] = mass
            reach = uniform(state) * mass
            new = old
            if mass > 0:
                new = np.int64(0)
                while cumulative[new] <= reach:
                    new += 1
            else:
                stuck += 1
            topic[token] = new
            counts[new] += 1
            totals[new] += 1
            doc_topic[offset + new] += 1
    return stuck
