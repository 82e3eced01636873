import math

import numpy as np
import pytest
import torch
from sklearn.metrics.pairwise import cosine_similarity

from steelyard.errors import InputError
from steelyard.watch.probes.cosine import bag_cosine, centred_mean_cosine, mean_cosine, mean_share


def by_all_pairs(rows):
    cosines = cosine_similarity(rows)
    return cosines[~np.eye(len(rows), dtype=bool)].mean()


def cloud(*, samples=200, width=5, offset=0.0, seed=0):
    return np.random.default_rng(seed).standard_normal((samples, width)) * [3, 1, 1, 1, 0.2] + offset


@pytest.mark.parametrize("offset", [0.0, 1.0, 30.0])
def test_is_the_mean_over_the_matrix_of_all_pairs(offset):
    rows = cloud(offset=offset)
    assert mean_cosine(rows) == pytest.approx(by_all_pairs(rows), abs=1e-12)
    assert centred_mean_cosine(rows) == pytest.approx(by_all_pairs(rows - rows.mean(axis=0)), abs=1e-12)


@pytest.mark.parametrize("offset", [0.0, 0.5, 20.0])
def test_of_equally_long_vectors_it_is_the_share_of_the_mean(offset):
    rows = cloud(offset=offset)
    rows = 7 * rows / np.linalg.norm(rows, axis=1, keepdims=True)
    with_itself = ((len(rows) - 1) * mean_cosine(rows) + 1) / len(rows)
    assert with_itself == pytest.approx(mean_share(rows), abs=1e-12)


def test_scaling_to_unit_length_changes_no_cosine_and_centring_does():
    rows = cloud(offset=10.0)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    assert mean_cosine(unit) == pytest.approx(mean_cosine(rows), abs=1e-13)
    assert mean_cosine(rows) > 0.95
    assert abs(centred_mean_cosine(rows)) < 0.02


def test_isotropic_gaussian_has_no_cosine_and_no_shared_mean():
    rows = np.random.default_rng(1).standard_normal((4000, 32))
    # The mean over n(n-1)/2 nearly independent cosines of variance 1/width.
    assert abs(mean_cosine(rows)) < 4 * math.sqrt(2 / 32) / 4000
    assert mean_share(rows) == pytest.approx(1 / 4000, rel=1)


def test_shared_mean_in_closed_form():
    width, mean = 64, 3.0
    rows = np.random.default_rng(2).standard_normal((20_000, width)) + mean
    assert mean_share(rows) == pytest.approx(mean**2 / (1 + mean**2), abs=0.001)
    assert mean_cosine(rows) == pytest.approx(mean**2 / (1 + mean**2), abs=0.002)


def test_rank_one_through_the_origin():
    line = np.linspace(1, 2, 10)[:, None] * np.array([1.0, 2.0, -1.0])
    assert mean_cosine(line) == pytest.approx(1.0)
    both_ways = np.concatenate([line, -line])
    assert mean_cosine(both_ways) == pytest.approx(-1 / 19)
    assert mean_share(both_ways) == pytest.approx(0.0, abs=1e-30)


def test_vectors_without_direction_are_left_out():
    rows = np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    assert mean_cosine(rows) == pytest.approx(math.sqrt(0.5))
    assert math.isnan(mean_cosine(rows[1:2].repeat(3, axis=0)))
    assert math.isnan(mean_share(np.zeros((3, 2))))
    assert math.isnan(centred_mean_cosine(np.full((9, 2), 0.1)))


def test_huge_and_tiny_vectors_keep_their_direction():
    rows = np.array([[1e300, 0.0], [1e300, 1e300], [1e-300, 0.0]])
    assert mean_cosine(rows) == pytest.approx((2 * math.sqrt(0.5) + 1) / 3)


def bags_by_hand(values, mask, words, *, centred):
    rows = values - values[mask].mean(axis=0) if centred else values
    found = []
    for bag in range(len(values)):
        places = np.flatnonzero(mask[bag])
        found += [
            cosine_similarity(rows[bag, [i]], rows[bag, [j]])[0, 0]
            for i in places
            for j in places
            if i != j and (words is None or words[bag, i] != words[bag, j])
        ]
    return np.mean(found)


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("named", [False, True])
def test_within_bags(centred, named):
    rng = np.random.default_rng(3)
    values = rng.standard_normal((20, 4, 6)) + rng.standard_normal((20, 1, 6)) + 1
    mask = rng.random((20, 4)) < 0.7
    words = rng.integers(0, 3, (20, 4)) if named else None
    expected = bags_by_hand(values, mask, words, centred=centred)
    assert bag_cosine(values, mask=mask, words=words, centred=centred) == pytest.approx(expected, abs=1e-12)
    tensors = [None if each is None else torch.tensor(each) for each in (mask, words)]
    found = bag_cosine(torch.tensor(values), mask=tensors[0], words=tensors[1], centred=centred)
    assert found == pytest.approx(expected, abs=1e-12)


def test_no_pair_no_cosine():
    assert math.isnan(bag_cosine(np.ones((3, 1, 2))))
    assert math.isnan(bag_cosine(np.ones((3, 2, 2)), words=np.zeros((3, 2), int)))


def test_refuses():
    with pytest.raises(InputError, match="have no bags"):
        bag_cosine(np.ones((3, 2)))
    with pytest.raises(InputError, match=r"`words` must have shape \(3, 2\)"):
        bag_cosine(np.ones((3, 2, 2)), words=np.zeros(3, int))
    with pytest.raises(InputError, match="whole numbers"):
        bag_cosine(np.ones((3, 2, 2)), words=np.full((3, 2), 0.5))
