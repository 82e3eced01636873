import pytest
import torch

from steelyard.agents.threads import threads_set
from steelyard.errors import InputError


def test_the_number_of_threads_is_set_for_a_while():
    before = torch.get_num_threads()
    with threads_set(1):
        assert torch.get_num_threads() == 1
    with threads_set(None):
        assert torch.get_num_threads() == before
    assert torch.get_num_threads() == before


def test_a_number_below_1_is_refused():
    with pytest.raises(InputError, match="`threads` must be at least 1, but got 0"), threads_set(0):
        pass
