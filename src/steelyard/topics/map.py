"""Topics as points: how far apart their word distributions are, and where they lie on a map of two dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TopicMap:
    """Topics as points.

    Args:
        distances: Hellinger distance of every pair of topics, 0 (the same words) to 1 (no word in common), shape (topics, topics).
        positions: places on the map, shape (topics, 2).
        shown: share of the squared distances that the map shows, 0-1; nan where all topics are the same.
        order: topics so that similar ones are neighbours, shape (topics,).
    """

    distances: NDArray[np.float64]
    positions: NDArray[np.float64]
    shown: float
    order: NDArray[np.int64]


def topic_map(topic_word: NDArray[Any]) -> TopicMap:
    """Return how far apart topics are, and a map of them.

    The Hellinger distance of two distributions is the Euclidean distance of their square roots over the root of 2. So the map is
    classical scaling (Torgerson 1952), the principal components of the square roots, and what two dimensions show of the squared
    distances is known. Signs are chosen so that the topic farthest out on each axis is on its positive side.

    Args:
        topic_word: probability of each word in each topic, shape (topics, words), rows that sum to 1.

    Raises:
        InputError: another shape, or no topic.

    Example:
        >>> found = topic_map(np.array([[1.0, 0.0], [0.0, 1.0]]))
        >>> found.distances.round(3).tolist(), found.positions.round(3).tolist(), round(found.shown, 3)
        ([[0.0, 1.0], [1.0, 0.0]], [[0.5, 0.0], [-0.5, 0.0]], 1.0)

    When it is wrong: many topics in two dimensions lie closer together than they are; `shown` says by how much, `distances` are exact.
    """
    given = np.asarray(topic_word, dtype=np.float64)
    if given.ndim != 2 or len(given) == 0:
        raise InputError(f"`topic_word` must have the shape (topics, words), but got {given.shape}")
    roots = np.sqrt(given)
    products = roots @ roots.T
    distances = np.sqrt(np.clip(1 - products, 0.0, 1.0))
    np.fill_diagonal(distances, 0.0)
    centred = roots - roots.mean(axis=0)
    values, vectors = np.linalg.eigh(centred @ centred.T / 2)
    values, vectors = np.clip(values[::-1], 0.0, None), vectors[:, ::-1]
    whole = float(values.sum())
    shown = float(values[:2].sum()) / whole if whole > 1e-12 else float("nan")
    positions = np.zeros((len(given), 2))
    for axis in range(min(2, len(given))):
        along = vectors[:, axis] * np.sqrt(values[axis] if whole > 1e-12 else 0.0)
        farthest = along[
            np.argmax(np.round(np.abs(along), 9))
        ]  # rounded, so that the first of equals decides
        positions[:, axis] = -along if farthest < 0 else along
    return TopicMap(distances=distances, positions=positions, shown=shown, order=_neighbours(distances))


def _neighbours(distances: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return topics so that similar ones are neighbours: the leaves of an average-linkage tree."""
    if len(distances) < 3:
        return np.arange(len(distances), dtype=np.int64)
    tree = linkage(
        squareform((distances + distances.T) / 2, checks=False),
        method="average",
        optimal_ordering=len(distances) <= 200,
    )
    return np.asarray(leaves_list(tree), dtype=np.int64)
