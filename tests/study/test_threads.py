from __future__ import annotations

import os

import numpy as np
import pytest
import torch

from steelyard.errors import InputError
from steelyard.study.threads import global_generators_kept, limited_threads, surroundings_kept


def test_threads_are_limited_inside_and_put_back_after_an_error() -> None:
    before = torch.get_num_threads(), os.environ.get("OMP_NUM_THREADS")
    seen = []

    def fail() -> None:
        with limited_threads(3):
            seen.append((torch.get_num_threads(), os.environ["OMP_NUM_THREADS"]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert seen == [(3, "3")]
    assert (torch.get_num_threads(), os.environ.get("OMP_NUM_THREADS")) == before


def test_torch_defaults_are_put_back() -> None:
    with surroundings_kept():
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()


def test_generators_are_seeded_inside_and_put_back() -> None:
    torch.manual_seed(3)
    state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    drawn = []
    for seed in (5, 5, 2**40):
        with global_generators_kept(seed):
            drawn.append((float(torch.rand(1)), float(np.random.random())))  # noqa: NPY002
    assert drawn[0] == drawn[1] != drawn[2]
    assert torch.equal(torch.get_rng_state(), state)
    assert (np.random.get_state()[1] == numpy_state).all()  # noqa: NPY002


def test_the_number_of_threads_is_set_for_a_while():
    before = torch.get_num_threads()
    with limited_threads(1):
        assert torch.get_num_threads() == 1
    with limited_threads(None):
        assert torch.get_num_threads() == before
    assert torch.get_num_threads() == before


def test_a_number_below_1_is_refused():
    with pytest.raises(InputError, match="`threads` must be at least 1, but got 0"), limited_threads(0):
        pass
