from __future__ import annotations

import math

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.topics.map import topic_map


def test_distances_and_places_against_the_definition_and_scikit_learn() -> None:
    from sklearn.decomposition import PCA

    phi = np.random.default_rng(0).dirichlet(np.full(40, 0.2), size=7)
    found = topic_map(phi)
    for one in range(7):
        for other in range(7):
            expected = math.sqrt(
                sum((math.sqrt(a) - math.sqrt(b)) ** 2 for a, b in zip(phi[one], phi[other], strict=True)) / 2
            )
            assert found.distances[one, other] == pytest.approx(expected, abs=1e-7)
    components = PCA(n_components=2).fit(np.sqrt(phi / 2))
    theirs = components.transform(np.sqrt(phi / 2))
    assert np.abs(found.positions) == pytest.approx(np.abs(theirs), abs=1e-9)
    assert found.shown == pytest.approx(components.explained_variance_ratio_.sum())


def test_three_topics_lie_flat_and_keep_their_distances() -> None:
    phi = np.random.default_rng(1).dirichlet(np.ones(5), size=3)
    found = topic_map(phi)
    between = np.linalg.norm(found.positions[:, None] - found.positions[None], axis=2)
    assert found.shown == pytest.approx(1)
    assert between == pytest.approx(found.distances, abs=1e-9)
    assert all(axis[np.argmax(np.abs(axis))] > 0 for axis in found.positions.T)


def test_similar_topics_are_neighbours() -> None:
    kinds = np.array([[0.9, 0.1, 0, 0], [0, 0, 0.5, 0.5], [0.8, 0.2, 0, 0], [0, 0, 0.6, 0.4]])
    order = topic_map(kinds).order.tolist()
    assert sorted(order) == [0, 1, 2, 3]
    assert {frozenset(order[:2]), frozenset(order[2:])} == {frozenset({0, 2}), frozenset({1, 3})}


def test_one_topic_and_equal_topics() -> None:
    one = topic_map(np.array([[0.5, 0.5]]))
    assert one.positions.tolist() == [[0.0, 0.0]]
    assert math.isnan(one.shown)
    same = topic_map(np.full((4, 3), 1 / 3))
    assert np.all(same.positions == 0)
    assert np.all(same.distances < 1e-7)


@pytest.mark.parametrize("shape", [(0, 3), (3,)])
def test_what_is_no_table_of_topics(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="topic_word"):
        topic_map(np.zeros(shape))
