from __future__ import annotations

import numpy as np
import pytest
from scipy.special import rel_entr
from scipy.stats import entropy

from steelyard.errors import InputError
from steelyard.language.meaning.divergence import divergence


def test_cross_entropy_is_entropy_plus_divergence_as_scipy_has_them() -> None:
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(6), size=50), rng.dirichlet(np.ones(6), size=50)
    p[0] = np.eye(6)[2]  # a certain one
    found = divergence([np.log(q[:20]), np.log(q[20:])], p, rng.integers(0, 6, 50))
    assert found.entropy_nats == pytest.approx(entropy(p, axis=1).mean())
    assert found.divergence_nats == pytest.approx(entropy(p, q, axis=1).mean())
    np.testing.assert_allclose(found.by_token, rel_entr(p, q).sum(axis=1), atol=1e-12)
    assert found.cross_entropy_nats == pytest.approx(found.entropy_nats + found.divergence_nats, rel=1e-13)


def test_the_source_itself_diverges_nowhere_and_its_loss_comes_to_its_entropy() -> None:
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.ones(4), size=40_000)
    drawn = (p.cumsum(axis=1) > rng.random((len(p), 1))).argmax(axis=1)
    found = divergence([np.log(p)], p, drawn)
    assert found.divergence_nats == pytest.approx(0, abs=1e-12)
    error = np.log(p[np.arange(len(p)), drawn]).std() / np.sqrt(len(p))
    assert abs(found.loss_nats - found.entropy_nats) < 4 * error


def test_a_model_that_rules_out_what_can_happen_diverges_without_end() -> None:
    with np.errstate(divide="ignore"):
        rows = np.log(np.array([[1.0, 0.0]]))
    assert divergence([rows], np.array([[0.5, 0.5]]), np.array([0])).divergence_nats == np.inf
    assert divergence([rows], np.array([[1.0, 0.0]]), np.array([0])).divergence_nats == 0


@pytest.mark.parametrize(
    ("rows", "p", "said"),
    [
        (np.zeros((2, 2)), np.full((1, 2), 0.5), "must be as `p`"),
        (np.zeros((1, 3)), np.full((1, 2), 0.5), "must be as `p`"),
        (np.zeros((0, 2)), np.full((1, 2), 0.5), "a chunk has shape|as many rows"),
        (np.zeros((1, 2)), np.full((1, 2), 0.4), "sums to 1"),
    ],
)
def test_shapes_that_differ(rows: np.ndarray, p: np.ndarray, said: str) -> None:
    with pytest.raises(InputError, match=said):
        divergence([rows], p, np.zeros(1, dtype=np.int64))
