from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from steelyard.weigh.call import weigh
from steelyard.weigh.sampling import base_rate_interval, mean_interval


@pytest.mark.parametrize(("ones", "n"), [(0, 10), (1, 20), (10, 200), (50, 100)])
def test_wilson_is_that_of_scipy(ones: int, n: int) -> None:
    peer = stats.binomtest(ones, n).proportion_ci(method="wilson")
    assert base_rate_interval(ones / n, n) == pytest.approx((peer.low, peer.high))


def test_the_mean_is_students() -> None:
    losses = np.random.default_rng(1).exponential(size=30)
    peer = stats.ttest_1samp(losses, 0).confidence_interval()
    assert mean_interval(losses, floor=-np.inf) == pytest.approx((peer.low, peer.high))
    values, counts = np.array([0.2, 0.7]), np.array([3.0, 5.0])
    assert mean_interval(values, weights=counts) == mean_interval(np.repeat(values, [3, 5]))


def test_one_target_knows_nothing() -> None:
    assert mean_interval(np.array([1.0]), floor=0.25) == (0.25, np.inf)


Draw = Callable[[np.random.Generator], np.ndarray]


def covered(loss: str, *, truth: float, draw: Draw, repeats: int) -> float:
    """Return the share of samples whose interval holds the baseline of all targets."""
    hits = tried = 0
    for seed in range(repeats):
        targets = draw(np.random.default_rng(seed))
        if np.ptp(targets) == 0:  # no scale without a spread
            continue
        interval = weigh(loss=loss, targets=targets).scale.baseline_interval
        assert interval is not None
        tried += 1
        hits += interval[0] <= truth <= interval[1]
    return hits / tried


CASES: dict[str, tuple[str, float, Callable[[np.random.Generator, int], np.ndarray]]] = {
    "bce": ("bce", float(stats.entropy([0.1, 0.9])), lambda rng, n: 1 * (rng.random(n) < 0.1)),
    "brier": ("brier", 0.09, lambda rng, n: 1 * (rng.random(n) < 0.1)),
    "uneven": (
        "cross-entropy",
        float(stats.entropy([6, 3, 1])),
        lambda rng, n: rng.choice(3, n, p=[0.6, 0.3, 0.1]),
    ),
    "even": ("cross-entropy", math.log(20), lambda rng, n: rng.integers(20, size=n)),
    "mse": ("mse", 1.0, lambda rng, n: rng.normal(size=n)),
    "mae": ("mae", math.sqrt(2 / math.pi), lambda rng, n: rng.normal(size=n)),
    "poisson": ("poisson", 2 - 2 * math.log(2), lambda rng, n: rng.poisson(2, n)),
    "poisson at its bend": ("poisson", 1.0, lambda rng, n: rng.poisson(1, n)),
    "count": ("count", float(stats.poisson(2).entropy()), lambda rng, n: rng.poisson(2, n)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_interval_covers_the_baseline_of_all_targets(case: str) -> None:
    """300 repetitions have a standard error of 1.3%."""
    loss, truth, draw = CASES[case]
    assert covered(loss, truth=truth, draw=lambda rng: draw(rng, 200), repeats=300) > 0.91


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_coverage(case: str) -> None:
    loss, truth, draw = CASES[case]
    at_200 = covered(loss, truth=truth, draw=lambda rng: draw(rng, 200), repeats=4000)
    at_30 = covered(loss, truth=truth, draw=lambda rng: draw(rng, 30), repeats=4000)
    print(f"{case}: {at_30:.3f} at 30 targets, {at_200:.3f} at 200")
    assert at_200 > 0.935
    assert at_30 > (0.8 if case == "even" else 0.91)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "at_least"), [(30, 0.82), (200, 0.90)])
def test_coverage_of_a_skewed_variance_is_what_the_page_says(n: int, at_least: float) -> None:
    share = covered("mse", truth=2.0, draw=lambda rng: rng.gamma(2.0, size=n), repeats=4000)
    assert at_least < share < 0.94
