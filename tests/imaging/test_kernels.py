from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.imaging.kernels import LANES, add_bytes, add_words

KERNELS = {np.uint8: add_bytes, np.uint16: add_words}


def summed(values, channels):
    sums, squares = np.zeros(channels, np.uint64), np.zeros(channels, np.uint64)
    KERNELS[values.dtype.type](values, channels, sums, squares)
    return sums.tolist(), squares.tolist()


def by_python(values, channels):
    table = [[int(value) for value in values[channel::channels]] for channel in range(channels)]
    return [sum(row) for row in table], [sum(value * value for value in row) for row in table]


@settings(max_examples=60, deadline=None)
@given(
    pixels=st.integers(0, 1500),
    channels=st.sampled_from([1, 3, 4]),
    seed=st.integers(0, 2**32 - 1),
    dtype=st.sampled_from([np.uint8, np.uint16]),
)
def test_sums_are_those_of_python(pixels, channels, seed, dtype):
    values = np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, pixels * channels, dtype=dtype)
    assert summed(values, channels) == by_python(values, channels)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("groups", [63, 64, 65, 129])
@pytest.mark.parametrize("more", [0, 1, 7])
def test_the_largest_values_fill_no_counter(channels, groups, more):
    """Short counters are emptied every 64 groups of 4 x 96 values: white images are the worst case."""
    pixels = 4 * LANES * groups // channels + more
    sums, squares = summed(np.full(pixels * channels, 255, np.uint8), channels)
    assert sums == [255 * pixels] * channels
    assert squares == [255 * 255 * pixels] * channels


def test_white_in_16_bits():
    assert summed(np.full(3_000_000, 65535, np.uint16), 3) == ([65535 * 10**6] * 3, [65535**2 * 10**6] * 3)


def test_adds_to_what_is_there():
    sums, squares = np.array([5], np.uint64), np.array([7], np.uint64)
    add_bytes(np.array([2, 3], np.uint8), 1, sums, squares)
    assert (sums.tolist(), squares.tolist()) == ([10], [20])
