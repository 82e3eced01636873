"""Learned priors maximise the probability of the counts."""

import numpy as np
import pytest
from scipy import optimize

from steelyard.topics.joint import log_joint
from steelyard.topics.learn import learned_alpha, learned_beta


def _counts(seed: int, alpha: np.ndarray, *, rows: int, tokens: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.array([rng.multinomial(tokens, p) for p in rng.dirichlet(alpha, size=rows)])


def test_alpha_is_where_a_numeric_maximiser_ends() -> None:
    counts = _counts(0, np.array([0.2, 0.7, 1.5]), rows=400, tokens=30)
    none = np.zeros((3, 1), dtype=int)

    def cost(logs: np.ndarray) -> float:
        return -log_joint(counts, none, alpha=np.exp(logs), beta=1.0)

    best = optimize.minimize(cost, np.zeros(3), method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-9})
    np.testing.assert_allclose(learned_alpha(counts, np.ones(3)), np.exp(best.x), rtol=1e-3)
    np.testing.assert_allclose(learned_alpha(counts, np.ones(3)), [0.2, 0.7, 1.5], rtol=0.2)


def test_beta_is_where_a_numeric_maximiser_ends() -> None:
    counts = _counts(1, np.full(40, 0.05), rows=30, tokens=200)
    none = np.zeros((1, 30), dtype=int)

    def cost(log: float) -> float:
        return -log_joint(none, counts, alpha=np.ones(30), beta=float(np.exp(log)))

    best = optimize.minimize_scalar(cost, bounds=(-8, 2), method="bounded", options={"xatol": 1e-8})
    assert learned_beta(counts, 1.0) == pytest.approx(np.exp(best.x), rel=1e-3)


def test_a_topic_without_tokens_keeps_a_little_and_nothing_to_learn_from_changes_nothing() -> None:
    counts = np.array([[3, 2, 0], [1, 4, 0]])
    assert learned_alpha(counts, np.ones(3))[2] == 1e-6
    assert learned_alpha(np.zeros((2, 3), dtype=int), np.ones(3)).tolist() == [1, 1, 1]
    assert learned_beta(np.zeros((2, 3), dtype=int), 0.3) == 0.3
    assert learned_beta(np.array([[5], [2]]), 0.3) == 0.3
