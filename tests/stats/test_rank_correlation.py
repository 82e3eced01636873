import math

import numpy as np
import pytest
from scipy.stats import spearmanr

from steelyard.errors import InputError
from steelyard.stats.rank_correlation import rank_correlation, within_runs


def test_rho_is_scipys_ties_and_all():
    rng = np.random.default_rng(0)
    for _ in range(20):
        one, other = rng.integers(0, 6, (2, 15))
        assert rank_correlation(one, other).rho == pytest.approx(spearmanr(one, other).statistic, abs=1e-12)


def test_interval_by_hand():
    rng = np.random.default_rng(1)
    one = rng.standard_normal(30)
    other = one + rng.standard_normal(30)
    found = rank_correlation(one, other)
    half = 1.959963984540054 * math.sqrt((1 + found.rho**2 / 2) / 27)
    assert (found.low, found.high) == pytest.approx(
        (math.tanh(math.atanh(found.rho) - half), math.tanh(math.atanh(found.rho) + half))
    )
    wider = rank_correlation(one, other, level=0.99)
    assert wider.low < found.low < found.high < wider.high


def test_what_can_be_said_of_few_pairs():
    three = rank_correlation([1, 2, 3], [1, 3, 2])
    assert (three.rho, three.low, three.high) == (0.5, -1, 1)
    same = rank_correlation([1, 2, 3, 4], [1, 2, 3, 4])
    assert same.rho == 1
    assert 0.9 < same.low <= 1
    assert math.isnan(rank_correlation([1, 1, 1, 1], [1, 2, 3, 4]).rho)


def test_only_ranks_count():
    one, other = [1, 2, 3, 4, 5], [2, 1, 5, 3, 4]
    assert rank_correlation(np.exp(one), np.power(other, 3)) == rank_correlation(one, other)


def test_within_runs_rests_on_runs():
    rng = np.random.default_rng(2)
    runs = [
        (np.arange(50), np.arange(50) + 20 * rng.standard_normal(50) + shift)
        for shift in (0, 1e3, -1e3, 5e3, 0)
    ]
    found = within_runs(runs)
    inside = [rank_correlation(*run).rho for run in runs]
    assert found.rho == pytest.approx(np.mean(inside))
    half = 2.7764451051977987 * np.std(inside, ddof=1) / math.sqrt(5)
    assert (found.low, found.high) == pytest.approx((found.rho - half, min(found.rho + half, 1)))
    assert found.count == 5


def test_runs_without_variation_are_left_out():
    flat = ([1.0, 1.0, 1.0], [1.0, 2.0, 3.0])
    up = ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert within_runs([flat, up, up]).count == 2
    assert math.isnan(within_runs([flat]).rho)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([1, 2], [1, 2], "at least 3 pairs"),
        ([1, 2, 3], [1, 2], "as many numbers"),
        ([1, 2, math.nan], [1, 2, 3], "finite"),
    ],
)
def test_refuses(first, second, message):
    with pytest.raises(InputError, match=message):
        rank_correlation(first, second)
    with pytest.raises(InputError, match=message):
        within_runs([(first, second)])


def test_refuses_levels_and_no_runs():
    with pytest.raises(InputError, match="`level` must lie"):
        rank_correlation([1, 2, 3, 4], [1, 2, 4, 3], level=95)
    with pytest.raises(InputError, match="at least one run"):
        within_runs([])


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0.0, 0.5, 0.8])
@pytest.mark.parametrize("pairs", [8, 20])
def test_coverage(rho, pairs):
    rng = np.random.default_rng([pairs, int(10 * rho)])
    truth = 6 / math.pi * math.asin(rho / 2)  # Spearman's of a bivariate normal distribution
    covers = 0
    for _ in range(2000):
        one = rng.standard_normal(pairs)
        found = rank_correlation(one, rho * one + math.sqrt(1 - rho**2) * rng.standard_normal(pairs))
        covers += found.low <= truth <= found.high
    assert 0.92 <= covers / 2000 <= 0.985
