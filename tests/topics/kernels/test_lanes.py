"""Products and their search in vector instructions, against numpy."""

import numpy as np
import pytest
from numba import float32, njit

from steelyard.topics.kernels.lanes import LANES, SUMS, products


@njit
def _called(counts, offset, alpha, weights, out, sums, width, share):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    return products(counts, offset, alpha, weights, out, sums, width, float32(share))


@pytest.mark.parametrize("dtype", [np.uint16, np.int32])
@pytest.mark.parametrize("width", [16, 48, 160])
def test_lane_rest_and_mass_are_those_of_the_lanes_cumulative_sum(dtype: type, width: int) -> None:
    rng = np.random.default_rng(width)
    for _ in range(200):
        counts = rng.integers(0, 60_000, 3 * width).astype(dtype)
        alpha = rng.gamma(0.3, size=width).astype(np.float32)
        weights = (rng.random(width) * (rng.random(width) < 0.7)).astype(np.float32)
        out, sums = np.zeros(width, np.float32), np.zeros(SUMS, np.float32)
        share = rng.random()
        lane, rest, mass = _called(counts, width, alpha, weights, out, sums, width, share)
        expected = (counts[width : 2 * width].astype(np.float32) + alpha) * weights
        assert (out == expected).all()
        lanes = expected.astype(np.float64).reshape(-1, LANES).sum(axis=0)
        cumulative = np.concatenate([[0], np.cumsum(lanes)])
        assert mass == pytest.approx(cumulative[-1], rel=1e-5)
        reach = share * cumulative[-1]
        assert cumulative[lane] <= reach * (1 + 1e-5) + 1e-9
        assert cumulative[lane + 1] >= reach * (1 - 1e-5)
        assert rest == pytest.approx(reach - cumulative[lane], abs=1e-5 * cumulative[-1])


def test_nothing_has_no_mass() -> None:
    out, sums = np.ones(16, np.float32), np.zeros(SUMS, np.float32)
    nothing = np.zeros(16, np.float32)
    lane, rest, mass = _called(np.zeros(16, np.uint16), 0, nothing, nothing, out, sums, 16, 0.5)
    assert (lane, rest, mass) == (LANES, 0, 0)
    assert (out == 0).all()
