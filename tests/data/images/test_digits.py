import numpy as np

from steelyard.data.images.digits import digits


def test_digits_at_their_own_size_are_scikit_learns():
    from sklearn.datasets import load_digits

    given, found = load_digits(), digits(8)
    assert np.array_equal(found.labels, given.target)
    assert np.abs(found.images[..., 1] / 255 - given.images / 16).max() <= 0.5 / 255
