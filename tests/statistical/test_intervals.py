"""Coverage of the intervals that aren't a verdict's: the block bootstrap's, and that of seeds and test examples."""

import numpy as np
import pytest
from scipy.signal import lfilter

from steelyard.stats.bootstrap import block_bootstrap_interval
from steelyard.stats.eprocess import anytime_critical_t
from steelyard.stats.variance import split_variance

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("rho", "least"), [(0.0, 0.92), (0.5, 0.89), (0.8, 0.85)])
def test_block_bootstrap_of_an_autoregressive_series(rho: float, least: float) -> None:
    """Nominal .95; blocks of a finite series always fall a little short, the more the longer its memory."""
    repeats, steps = 300, 800
    covered = {"blocks": 0, "single steps": 0}
    for seed in range(repeats):
        x = lfilter([1.0], [1.0, -rho], np.random.default_rng(seed).standard_normal(steps + 100))[100:]
        for name, length in (("blocks", None), ("single steps", 1)):
            low, high = block_bootstrap_interval(x, seed=seed, block_length=length, repetitions=250)
            covered[name] += low <= 0 <= high
    print(
        f"\nAR(1) {rho}, {steps} steps: coverage", {name: f"{n / repeats:.3f}" for name, n in covered.items()}
    )
    assert covered["blocks"] / repeats >= least


@pytest.mark.parametrize(
    ("seed_sd", "example_sd", "rest_sd"), [(1.0, 0.1, 1.0), (0.1, 3.0, 1.0), (0.5, 3.0, 1.0), (0.0, 0.0, 1.0)]
)
@pytest.mark.parametrize("seeds", [4, 10])
def test_the_interval_for_other_seeds_and_other_examples(
    seeds: int, seed_sd: float, example_sd: float, rest_sd: float
) -> None:
    repeats, examples = 2000, 60
    rng = np.random.default_rng(1)
    covered, shares = 0, []
    for _ in range(repeats):
        split = split_variance(
            seed_sd * rng.standard_normal((seeds, 1))
            + example_sd * rng.standard_normal((1, examples))
            + rest_sd * rng.standard_normal((seeds, examples))
        )
        covered += split.interval[0] <= 0 <= split.interval[1]
        shares.append(split.seeds_share)
    print(
        f"\n{seeds} seeds, sd {seed_sd}/{example_sd}/{rest_sd}: coverage {covered / repeats:.3f}, "
        f"seeds' share {np.mean(shares):.3f}"
    )
    assert covered / repeats >= 0.92


def test_always_valid_intervals_hold_for_a_thousand_pairs() -> None:
    rng, studies, most = np.random.default_rng(2), 20_000, 1000
    n = np.arange(2, most + 1)
    critical = np.array([anytime_critical_t(int(each), alpha=0.05) for each in n])
    missed = 0
    for _ in range(20):
        x = rng.standard_normal((studies // 20, most))
        total, squares = x.cumsum(axis=1)[:, 1:], (x * x).cumsum(axis=1)[:, 1:]
        t = total / np.sqrt(n) / np.sqrt((squares - total**2 / n) / (n - 1))
        missed += (np.abs(t) > critical).any(axis=1).sum()
    print(f"\nalways-valid interval missed the mean at any of 2 to {most} pairs: {missed / studies:.4f}")
    assert missed / studies <= 0.05
