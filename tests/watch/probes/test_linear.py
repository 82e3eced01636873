import numpy as np
import pytest
import torch
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import cross_val_score

from steelyard.errors import InputError
from steelyard.watch.probes.linear import linear_probe


def noisy(*, samples=600, words=5, width=12, noise=0.6, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, words, samples)
    return np.eye(words, width)[labels] + noise * rng.standard_normal((samples, width)), labels


def test_reads_what_is_there_from_a_narrow_cone():
    rows, words = noisy(noise=0.01)
    found = linear_probe(rows + 100, words, seed=0)
    assert (found.accuracy, found.reads, found.skill) == (1.0, True, 1.0)
    assert found.control < 0.3
    assert found.baseline == np.bincount(words).max() / 600
    assert (found.words, found.samples) == (5, 600)


def test_is_about_as_good_as_scikit_learns():
    rows, words = noisy()
    theirs = cross_val_score(LinearDiscriminantAnalysis(), rows, words, cv=5).mean()
    found = linear_probe(rows, words, seed=0)
    assert found.accuracy == pytest.approx(theirs, abs=0.02)
    assert 0.5 < found.low < found.accuracy < found.high < 0.8


def test_reads_nothing_from_noise_and_neither_does_the_control():
    rng = np.random.default_rng(0)
    claims = 0
    for seed in range(40):
        rows, words = rng.standard_normal((200, 10)), rng.integers(0, 3, 200)
        found = linear_probe(rows, words, seed=seed)
        claims += found.reads
        assert abs(found.control - found.baseline) < 0.2
    assert claims <= 3


def test_needs_no_more_samples_than_features():
    rows, words = noisy(samples=120, width=200, noise=0.02)
    found = linear_probe(rows, words, seed=0)
    assert found.low > 0.7 > 2 * found.baseline


def test_a_small_signal_beside_a_large_nuisance_is_read():
    rows, words = noisy(noise=0.02)
    nuisance = np.random.default_rng(1).standard_normal((600, 1)) @ np.random.default_rng(2).standard_normal(
        (1, 12)
    )
    assert linear_probe(rows + 300 * nuisance, words, seed=0).accuracy > 0.95


def test_bags_stay_whole():
    rng = np.random.default_rng(0)
    # Every bag has a vector of its own and a word of its own: only who has seen a bag could read it.
    bags = rng.standard_normal((60, 1, 8)).repeat(6, axis=1)
    words = rng.integers(0, 2, (60, 1)).repeat(6, axis=1)
    found = linear_probe(bags, words, seed=0)
    assert not found.reads
    apart = linear_probe(bags.reshape(360, 8), words.ravel(), seed=0)
    grouped = linear_probe(bags.reshape(360, 8), words.ravel(), seed=0, groups=np.repeat(np.arange(60), 6))
    assert grouped == found
    assert found.high - found.low > 2 * (apart.high - apart.low)  # sixty independent answers, not 360


def test_constant_latents_say_nothing():
    found = linear_probe(torch.full((100, 4), 0.1), torch.arange(100) % 3, seed=0)
    assert found.accuracy <= 0.35
    assert not found.reads


def test_same_seed_same_bits_and_padding_is_left_out():
    rows, words = noisy()
    values, named = rows.reshape(100, 6, 12).copy(), words.reshape(100, 6).copy()
    mask = np.random.default_rng(3).random((100, 6)) < 0.8
    found = linear_probe(values, named, seed=1, mask=mask)
    values[~mask], named[~mask] = np.nan, 99
    assert linear_probe(values, named, seed=1, mask=mask) == found
    assert linear_probe(values, named, seed=2, mask=mask) != found


@pytest.mark.parametrize(
    ("words", "changes", "message"),
    [
        (np.zeros(20, int), {}, "at least two different words"),
        (None, {}, "`words` must be given"),
        (np.arange(19), {}, "`words` must have shape"),
        (np.arange(20) % 2, {"folds": 2}, "`folds` must be 3 or more"),
        (np.arange(20) % 2, {"groups": np.arange(20) % 4}, "as many bags as folds"),
    ],
)
def test_refuses(words, changes, message):
    with pytest.raises(InputError, match=message):
        linear_probe(np.eye(20), words, seed=0, **changes)
    with pytest.raises(InputError, match="their bags are the groups"):
        linear_probe(np.ones((3, 2, 2)), np.ones((3, 2), int), seed=0, groups=np.ones((3, 2), int))
