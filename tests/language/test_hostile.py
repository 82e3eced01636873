import pytest

from steelyard.errors import InputError
from steelyard.language.hostile import whole_numbers


@pytest.mark.parametrize("wrong", [True, 1.0, "1", None, -1, 11, 10**400, [1]])
def test_only_whole_numbers_in_the_range_are_taken(wrong):
    with pytest.raises(InputError, match="must be whole numbers from 0 to 10, but entry 1 is"):
        whole_numbers([3, wrong], name="counts", most=10)


def test_only_lists_are_taken_and_empty_ones_are_empty():
    with pytest.raises(InputError, match="`counts` must be a list of whole numbers, but got dict"):
        whole_numbers({}, name="counts", most=10)
    assert whole_numbers([], name="counts", most=10).shape == (0,)
