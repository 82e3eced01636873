"""Random streams of compiled code."""

import numpy as np
from scipy import stats

from steelyard.topics.streams import generator, streams, uniform

_MASK = (1 << 64) - 1


def _reference(state: list[int], count: int) -> list[float]:
    """Return xoshiro256++'s numbers in Python's unbounded integers, written from its description."""

    def rotated(x: int, by: int) -> int:
        return ((x << by) | (x >> (64 - by))) & _MASK

    found = []
    for _ in range(count):
        drawn = (rotated((state[0] + state[3]) & _MASK, 23) + state[0]) & _MASK
        shifted = (state[1] << 17) & _MASK
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = rotated(state[3], 45)
        found.append((drawn >> 11) / 2**53)
    return found


def test_the_stream_is_xoshiro() -> None:
    state = streams(3, sweep=7, blocks=1)[0]
    expected = _reference([int(word) for word in state], 500)
    assert [uniform(state) for _ in range(500)] == expected


def test_numbers_are_uniform_and_blocks_are_unrelated() -> None:
    first, second = streams(5, sweep=0, blocks=2)
    a = np.array([uniform(first) for _ in range(20_000)])
    b = np.array([uniform(second) for _ in range(20_000)])
    assert stats.kstest(a, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(len(a))
    assert abs(np.corrcoef(a[1:], a[:-1])[0, 1]) < 4 / np.sqrt(len(a))


def test_seed_sweep_block_and_phase_give_different_numbers_and_each_the_same_again() -> None:
    states = {
        tuple(state.tolist())
        for seed in (0, 1)
        for sweep in (0, 1)
        for state in streams(seed, sweep=sweep, blocks=3)
    }
    assert len(states) == 12
    assert (streams(4, sweep=2, blocks=5)[:3] == streams(4, sweep=2, blocks=3)).all()
    drawn = {
        generator(seed, sweep=sweep, phase=phase).random()
        for seed in (0, 1)
        for sweep in (0, 1)
        for phase in (0, 1)
    }
    assert len(drawn) == 8
