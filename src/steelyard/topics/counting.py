"""Counting tokens by document, word and topic."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def count_tokens(
    run_word: NDArray[np.int32],
    run_start: NDArray[np.int64],
    word_group: NDArray[np.int32],
    document: NDArray[np.int32],
    topic: NDArray[np.uint16],
    doc_topic: NDArray[np.uint16],
    word_topic: NDArray[np.int32],
    totals: NDArray[np.int64],
) -> None:
    """Add every token to the counts of its document, its word, and its group of words.

    Args:
        run_word: word of each run, shape (runs,).
        run_start: where each run starts, shape (runs + 1,).
        word_group: group of each word, shape (words,).
        document: document of each token, shape (tokens,).
        topic: topic of each token, shape (tokens,).
        doc_topic: flat, shape (documents * width,); added to.
        word_topic: shape (words, width); added to.
        totals: shape (groups, width); added to.
    """
    width = totals.shape[1]
    for run in range(len(run_word)):
        word = run_word[run]
        group = word_group[word]
        for token in range(run_start[run], run_start[run + 1]):
            k = np.int64(topic[token])
            doc_topic[np.int64(document[token]) * width + k] += 1
            word_topic[word, k] += 1
            totals[group, k] += 1
