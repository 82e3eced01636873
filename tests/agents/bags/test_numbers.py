import numpy as np
import pytest

from steelyard.agents.bags import NumberBags
from steelyard.errors import InputError


def test_each_number_is_a_word_with_its_value():
    bags = NumberBags(3).bags(np.array([[1, -2, 0.5], [0, 0, 7]]))
    assert bags.words.tolist() == [[1, 2, 3]] * 2
    assert bags.features[:, :, 0].tolist() == [[1, -2, 0.5], [0, 0, 7]]
    assert bags.mask.all()


def test_scale_is_one_or_one_for_each():
    assert NumberBags(2, scale=2).bags(np.array([[2, 4]])).features.ravel().tolist() == [1, 2]
    assert NumberBags(2, scale=[2, 4]).bags(np.array([[2, 4]])).features.ravel().tolist() == [1, 1]


@pytest.mark.parametrize("scale", [0, -1, [1, 2, 3], [1, np.nan]])
def test_refuses_scales_that_divide_by_nothing(scale):
    with pytest.raises(InputError, match="`scale` must be one number above 0 or 2 of them"):
        NumberBags(2, scale=scale)


def test_refuses_other_observations():
    with pytest.raises(InputError, match="`count` must be at least 1"):
        NumberBags(0)
    for wrong in (np.ones(3), np.ones((2, 4)), np.array([["a", "b", "c"]]), {"a": 1}):
        with pytest.raises(InputError, match="arrays of 3 numbers"):
            NumberBags(3).bags(wrong)
    with pytest.raises(InputError, match="`features` must be finite"):
        NumberBags(3).bags(np.array([[1, np.nan, 2]]))
