"""Exact sums of pixels and of their squares, compiled: reading memory costs more than adding."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

LANES = 96
"""Neighbouring values that are added up side by side: a multiple of 1, 2, 3 and 4 channels, and of a vector's 32 bytes."""
_GROUP = 4
_FLUSH = 64
"""Groups after which 16-bit sums (at most 4 x 255 each) and 32-bit squares are emptied."""


@njit(nogil=True, cache=True)
def add_bytes(
    values: NDArray[np.uint8], channels: int, sums: NDArray[np.uint64], squares: NDArray[np.uint64]
) -> None:
    """Add sums and sums of squares of 8-bit pixels to those of their channels.

    Args:
        values: uint8, shape (pixels * channels,), channels fastest; at most 2**32 pixels.
        channels: 1 to 4.
        sums: uint64, shape (channels,); changed.
        squares: uint64, shape (channels,); changed.
    """
    lane_sums = np.zeros(LANES, np.uint64)
    lane_squares = np.zeros(LANES, np.uint64)
    few_sums = np.zeros(LANES, np.uint16)
    few_squares = np.zeros(LANES, np.uint32)
    groups = values.size // (_GROUP * LANES)
    for group in range(groups):
        start = group * _GROUP * LANES
        for lane in range(LANES):
            first = np.int16(values[start + lane])
            second = np.int16(values[start + LANES + lane])
            third = np.int16(values[start + 2 * LANES + lane])
            fourth = np.int16(values[start + 3 * LANES + lane])
            few_sums[lane] += np.uint16(first + second + third + fourth)
            few_squares[lane] += np.uint32(
                np.int32(first) * np.int32(first)
                + np.int32(second) * np.int32(second)
                + np.int32(third) * np.int32(third)
                + np.int32(fourth) * np.int32(fourth)
            )
        if group % _FLUSH == _FLUSH - 1:
            for lane in range(LANES):
                lane_sums[lane] += few_sums[lane]
                lane_squares[lane] += few_squares[lane]
            few_sums[:] = 0
            few_squares[:] = 0
    for lane in range(LANES):
        channel = lane % channels
        sums[channel] += lane_sums[lane] + np.uint64(few_sums[lane])
        squares[channel] += lane_squares[lane] + np.uint64(few_squares[lane])
    for place in range(groups * _GROUP * LANES, values.size):
        value = np.uint64(values[place])
        sums[place % channels] += value
        squares[place % channels] += value * value


@njit(nogil=True, cache=True)
def add_words(
    values: NDArray[np.uint16], channels: int, sums: NDArray[np.uint64], squares: NDArray[np.uint64]
) -> None:
    """Add sums and sums of squares of 16-bit pixels to those of their channels; arguments as `add_bytes`, values uint16."""
    for channel in range(channels):
        total = np.uint64(0)
        total_squares = np.uint64(0)
        for place in range(channel, values.size, channels):
            value = np.uint64(values[place])
            total += value
            total_squares += value * value
        sums[channel] += total
        squares[channel] += total_squares
