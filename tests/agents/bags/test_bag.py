import numpy as np
import pytest
import torch

from steelyard.agents.bags import Bags
from steelyard.errors import InputError


def test_lists_are_padded():
    bags = Bags.of([[4, 4], [1, 2, 3], [2]], vocabulary=5, length=4)
    assert bags.words.tolist() == [[4, 4, 0, 0], [1, 2, 3, 0], [2, 0, 0, 0]]
    np.testing.assert_array_equal(bags.mask, bags.words > 0)
    assert bags.features is None
    assert len(bags) == 3


def test_features_are_padded_with_their_words():
    bags = Bags.of([[1], [2, 3]], vocabulary=4, length=2, features=[[[1.0, 2.0]], np.ones((2, 2))])
    assert bags.features.tolist() == [[[1, 2], [0, 0]], [[1, 1], [1, 1]]]
    assert bags.features.dtype == np.float32


def test_tensors_are_the_same_bags():
    bags = Bags.of([[1], [2, 3]], vocabulary=4, length=2, features=[[[1.0]], [[2.0], [3.0]]])
    tensors = bags.tensors()
    assert tensors.words.dtype == torch.int64
    assert tensors.mask.dtype == torch.bool
    assert tensors.words.tolist() == bags.words.tolist()
    assert tensors.mask.tolist() == bags.mask.tolist()
    assert tensors.features.tolist() == bags.features.tolist()
    assert Bags.of([[1]], vocabulary=2, length=1).tensors("cpu").features is None


def test_tensors_of_read_only_arrays_can_be_written_without_harm():
    words = np.broadcast_to(np.array([1, 2], dtype=np.int8), (3, 2))
    mask = np.broadcast_to(True, (3, 2))
    bags = Bags(words=words, mask=mask, features=np.broadcast_to(np.float32(1), (3, 2, 1)))
    tensors = bags.tensors()
    tensors.features[0] = 9
    tensors.mask[0] = False
    assert bags.features.max() == 1
    assert bags.mask.all()


@pytest.mark.parametrize(
    ("lists", "features", "said"),
    [
        (
            [[1], []],
            None,
            "every bag must have a word, but bag 1 is empty; add a word that stands for the bag itself",
        ),
        ([[1, 1, 1]], None, "at most 2 words, but bag 0 has 3; give the encoder a larger `length`"),
        ([[1], [4]], None, "words must be from 1 to 3, but bag 1 has 4"),
        ([[0]], None, "words must be from 1 to 3, but bag 0 has 0"),
        ([[-1]], None, "but bag 0 has -1"),
        ([[1]], [[[np.nan]]], "`features` must be finite, but bag 0 has nan at its word 0"),
        ([[1]], [[[np.inf]]], "bag 0 has inf"),
        ([[1]], [[[1.0], [2.0]]], "one array of shape \\(words, features\\)"),
        ([[1]], [], "for each of the 1 bags"),
        ([[1], [2]], [[[1.0]], [[1.0, 2.0]]], r"the same number for every word, but got \[1, 2\]"),
    ],
)
def test_refuses_lists_that_are_no_bags(lists, features, said):
    with pytest.raises(InputError, match=said):
        Bags.of(lists, vocabulary=4, length=2, features=features)


WORDS = np.array([[1, 2], [3, 0]])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words": WORDS.astype(float)}, "whole numbers"),
        ({"words": WORDS[0]}, r"shape \(batch, n\)"),
        ({"mask": np.ones((2, 3), dtype=bool)}, r"`mask` must be .* shape \(2, 2\)"),
        ({"mask": (WORDS > 0).astype(int)}, "int64 of shape"),
        ({"mask": np.ones((2, 2), dtype=bool)}, "0 is no word"),
        ({"mask": np.array([[True, False], [True, False]])}, "0 is no word"),
        ({"words": -WORDS}, "above 0 where"),
        ({"features": np.ones((2, 2), dtype=np.float32)}, "`features` must be of shape"),
    ],
)
def test_refuses_arrays_that_are_no_bags(change, said):
    with pytest.raises(InputError, match=said):
        Bags(**{"words": WORDS, "mask": WORDS > 0, **change})
