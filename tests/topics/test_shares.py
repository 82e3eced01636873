"""Shares of topics' mass among groups of words."""

import numpy as np
from scipy import stats

from steelyard.topics.shares import drawn_shares


def test_shares_are_the_masses_of_a_dirichlet_draw_on_groups() -> None:
    totals = np.array([[3, 0], [0, 0], [5, 1]])
    words = np.array([4, 2, 6])
    rng = np.random.default_rng(0)
    drawn = np.array([drawn_shares(totals, group_words=words, beta=0.2, rng=rng) for _ in range(4000)])
    for topic in (0, 1):
        shape = totals[:, topic] + 0.2 * words
        for group in range(3):
            test = stats.kstest(
                drawn[:, group, topic], stats.beta(shape[group], shape.sum() - shape[group]).cdf
            )
            assert test.pvalue > 1e-4


def test_a_topic_without_tokens_under_a_tiny_prior_goes_to_one_group_and_never_to_nan() -> None:
    rng = np.random.default_rng(1)
    words = np.array([10, 10])
    drawn = np.array(
        [drawn_shares(np.zeros((2, 50), dtype=int), group_words=words, beta=1e-9, rng=rng) for _ in range(20)]
    )
    assert np.isfinite(drawn).all()
    np.testing.assert_allclose(drawn.sum(axis=1), 1)
    assert abs((drawn[:, 0] > 0.5).mean() - 0.5) < 0.08
    assert np.minimum(drawn, 1 - drawn).max() < 1e-6


def test_without_a_prior_a_group_without_tokens_has_no_share() -> None:
    shares = drawn_shares(
        np.array([[2, 0], [0, 0]]), group_words=np.array([3, 3]), beta=0.0, rng=np.random.default_rng(2)
    )
    assert shares[:, 0].tolist() == [1.0, 0.0]
    assert shares[:, 1].tolist() == [0.0, 0.0]
