from itertools import permutations

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.topics.alignment import align, similarities


def test_undoes_a_permutation():
    rng = np.random.default_rng(0)
    topics = rng.dirichlet(np.full(30, 0.2), size=12)
    order = rng.permutation(12)
    found = align(topics, topics[order])
    assert (topics[order][found.order] == topics).all()
    assert found.similarity == pytest.approx(1.0)
    assert found.mean_similarity == pytest.approx(1.0)


def test_is_the_best_of_all_matches():
    rng = np.random.default_rng(1)
    first, second = rng.dirichlet(np.ones(6), size=5), rng.dirichlet(np.ones(6), size=5)
    likeness = similarities(first, second)
    best = max(sum(likeness[range(5), each]) for each in permutations(range(5)))
    assert align(first, second).similarity.sum() == pytest.approx(best)


def test_a_topic_without_words_is_like_none():
    found = align(np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert found.order.tolist() == [1, 0]
    assert found.similarity.tolist() == [1.0, 0.0]


def test_refuses_other_shapes():
    with pytest.raises(InputError, match=r"same shape .* but got \(2, 3\) and \(3, 3\)"):
        align(np.ones((2, 3)), np.ones((3, 3)))
