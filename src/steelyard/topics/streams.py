"""Random numbers for compiled code: xoshiro256++ streams, one for every block of every sweep."""

from __future__ import annotations

import numpy as np
from numba import float64, njit, uint64
from numpy.typing import NDArray

WORDS = 4
"""Words of 64 bits in the state of a stream."""


def streams(seed: int, *, sweep: int, blocks: int) -> NDArray[np.uint64]:
    """Return the states of independent streams, one a block, shape (blocks, 4).

    They depend on seed, sweep and block only (numpy's SeedSequence), so that a chain can be taken up at any sweep, and threads may take
    blocks in any order.

    Example:
        >>> streams(1, sweep=0, blocks=2).shape, bool((streams(1, sweep=1, blocks=2) == streams(1, sweep=0, blocks=2)).any())
        ((2, 4), False)
    """
    sequence = np.random.SeedSequence(seed, spawn_key=(0, sweep))
    return sequence.generate_state(WORDS * blocks, np.uint64).astype(np.uint64).reshape(blocks, WORDS)


def generator(seed: int, *, sweep: int, phase: int) -> np.random.Generator:
    """Return numpy's generator for what is drawn outside compiled code in a phase of a sweep."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(1, sweep, phase))))


@njit(inline="always")
def _rotated(x: int, by: int) -> int:
    return (x << uint64(by)) | (x >> uint64(64 - by))


@njit(inline="always")
def uniform(state: NDArray[np.uint64]) -> float:
    """Return a number in [0, 1) with 53 random bits, and advance the stream (Blackman and Vigna 2021, xoshiro256++)."""
    drawn = _rotated(state[0] + state[3], 23) + state[0]
    shifted = state[1] << uint64(17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = _rotated(state[3], 45)
    return float64(drawn >> uint64(11)) * (1.0 / 9007199254740992.0)
