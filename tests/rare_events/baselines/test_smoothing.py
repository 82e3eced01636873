"""Smoothing is its recursion; strengths have the mean that was asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.rare_events.baselines.smoothing import fit_size, levels, strengths_at


@given(values=st.lists(st.floats(0, 100), max_size=30), gain=st.floats(0.01, 1.0), initial=st.floats(0, 100))
def test_levels_are_the_recursion(values, gain, initial):
    level = [initial]
    for value in values:
        level.append(level[-1] + gain * (value - level[-1]))
    np.testing.assert_allclose(levels(np.array(values), gain=gain, initial=initial), level, atol=1e-9)


@given(mean=st.floats(1.0, 20.0), size=st.floats(0.3, 1000.0))
def test_strengths_have_their_mean(mean, size):
    pmf = strengths_at(np.array([mean]), size=size, most=1500)
    assert float(pmf[0] @ np.arange(1, 1501)) == pytest.approx(mean, rel=1e-4)
    assert pmf.sum() == pytest.approx(1)


def test_what_lies_beyond_the_table_is_in_its_last_column():
    short = strengths_at(np.array([4.0]), size=1.0, most=5)
    long = strengths_at(np.array([4.0]), size=1.0, most=500)
    assert short[0, -1] == pytest.approx(long[0, 4:].sum())


def test_the_fitted_size_is_the_most_likely_one():
    from scipy.stats import nbinom

    draws = 1 + np.random.default_rng(1).negative_binomial(0.7, 0.2, size=500)
    mean = np.full(500, draws.mean())
    best = fit_size(draws, mean)

    def nats(size):
        return -nbinom.logpmf(draws - 1, size, size / (size + mean - 1)).sum()

    assert nats(best) <= min(nats(best * 1.05), nats(best / 1.05))
