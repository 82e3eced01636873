import numpy as np
import pytest

from steelyard.agents import SMALL
from steelyard.agents.playground import Playground
from steelyard.agents.sampling import sampled_bags
from steelyard.environments.satchel.vector import SatchelVector
from steelyard.errors import InputError

PLACE = Playground.of(SMALL, None)


def test_bags_of_satchel_have_words_and_every_time():
    bags = sampled_bags(PLACE, count=500)
    assert len(bags.words) == 500
    assert (bags.mask.sum(axis=1) >= 2).all()  # the bag itself, and a word
    assert len(np.unique(bags.features[bags.mask])) == 12
    assert not (bags.words[bags.mask] == 0).any()


def test_same_seed_same_bags():
    first, again, other = (sampled_bags(PLACE, count=50, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.words, again.words)
    assert (first.words != other.words).any()


def test_elsewhere_bags_are_seen_on_the_way():
    place = Playground.of(lambda count: SatchelVector(count, rules=SMALL), PLACE.encoder)
    bags, again = (sampled_bags(place, count=100, seed=2) for _ in range(2))
    assert (len(bags.words), len(bags.features)) == (100, 100)
    np.testing.assert_array_equal(bags.words, again.words)
    assert len(np.unique(bags.words, axis=0)) > 20


def test_refuses():
    with pytest.raises(InputError, match="at least 5 bags"):
        sampled_bags(PLACE, count=4)
