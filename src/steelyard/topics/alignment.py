"""Which topic of one chain is which of another: labels are arbitrary, so they are matched by their words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alignment:
    """The topics of another chain in the order of a reference.

    Args:
        order: number of the other chain's topic that goes with each topic of the reference, shape (topics,); no topic is there twice.
        similarity: how alike each pair is, from 0 (no word in common) to 1 (the same distribution), shape (topics,).
    """

    order: NDArray[np.int64]
    similarity: NDArray[np.float64]

    @property
    def mean_similarity(self) -> float:
        """Return the mean over topics."""
        return float(self.similarity.mean())


def align(reference: NDArray[Any], other: NDArray[Any]) -> Alignment:
    """Return the one-to-one match of topics that is most alike in sum (the assignment problem, Kuhn 1955).

    Likeness is the Bhattacharyya coefficient, sum_w sqrt(p_w q_w): 1 minus half the squared Hellinger distance.

    Args:
        reference: word distributions, shape (topics, words), rows that sum to 1 (or to 0: a topic without words is like none).
        other: the same of another chain, same shape.

    Raises:
        InputError: shapes that differ.

    Example:
        >>> found = align(np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]), np.array([[0.0, 0.0, 1.0], [0.5, 0.5, 0.0]]))
        >>> found.order.tolist(), found.similarity.round(3).tolist()
        ([1, 0], [1.0, 1.0])

    When it is wrong: a topic that one chain splits in two has no partner, and is given the best of what is left: look at the similarity.
    """
    first, second = np.asarray(reference, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if first.ndim != 2 or first.shape != second.shape:
        raise InputError(
            f"both must have the same shape (topics, words), but got {first.shape} and {second.shape}"
        )
    likeness = similarities(first, second)
    rows, columns = linear_sum_assignment(likeness, maximize=True)
    return Alignment(order=np.asarray(columns, dtype=np.int64), similarity=likeness[rows, columns])


def similarities(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Bhattacharyya coefficient of every pair of rows, shape (rows of first, rows of second).

    Example:
        >>> similarities(np.array([[0.5, 0.5]]), np.array([[1.0, 0.0], [0.5, 0.5]])).round(3).tolist()
        [[0.707, 1.0]]
    """
    return np.asarray(np.clip(np.sqrt(first) @ np.sqrt(second).T, 0.0, 1.0), dtype=np.float64)
