import math

import numpy as np
import pytest
import torch
from scipy.stats import entropy

from steelyard.watch.probes.rank import effective_rank, isoscore, participation_ratio


def gaussian(*, samples=5000, width=16, seed=0):
    return np.random.default_rng(seed).standard_normal((samples, width))


def exact(variances, *, mean=0.0):
    """Return rows whose covariance is exactly diagonal: plus and minus each axis."""
    spread = np.diag(np.sqrt(np.asarray(variances, dtype=float)))
    return np.concatenate([spread, -spread]) + mean


def isoscore_step_by_step(rows):
    """Rudman et al. (2022), algorithm 1."""
    turned = (rows - rows.mean(axis=0)) @ np.linalg.eigh(np.cov(rows.T))[1]
    diagonal = np.diag(np.cov(turned.T))
    width = len(diagonal)
    scaled = math.sqrt(width) * diagonal / np.linalg.norm(diagonal)
    defect = np.linalg.norm(scaled - 1) / math.sqrt(2 * (width - math.sqrt(width)))
    share = (width - defect**2 * (width - math.sqrt(width))) ** 2 / width**2
    return (width * share - 1) / (width - 1)


def test_isotropic_gaussian_has_full_rank():
    rows = gaussian()
    assert effective_rank(rows) == pytest.approx(16, rel=0.005)
    assert participation_ratio(rows) == pytest.approx(16, rel=0.01)
    assert isoscore(rows) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("mean", [0.0, 100.0])
def test_closed_forms(mean):
    variances = [9.0, 4.0, 1.0, 0.0]
    rows = exact(variances, mean=mean)
    shares = np.array([3, 2, 1]) / 6
    assert effective_rank(rows) == pytest.approx(math.exp(entropy(shares)), rel=1e-9)
    assert participation_ratio(rows) == pytest.approx(14**2 / (81 + 16 + 1), rel=1e-9)
    assert isoscore(rows) == pytest.approx((2 - 1) / 3, rel=1e-9)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_a_line_far_from_the_origin_has_rank_one_in_every_precision(dtype):
    along = np.linspace(-1, 1, 500)[:, None] * np.random.default_rng(4).standard_normal(64)
    rows = torch.tensor(along + 5.0).to(dtype)
    assert effective_rank(rows) == pytest.approx(1, abs=0.02)
    assert participation_ratio(rows) == pytest.approx(1, abs=0.01)
    assert isoscore(rows) == pytest.approx(0, abs=0.001)


def test_nothing_varies():
    rows = np.full((20, 3), 0.1, np.float32)
    assert (effective_rank(rows), participation_ratio(rows), isoscore(rows)) == (0, 0, 0)


def test_isoscore_is_its_authors_algorithm():
    for scale in (np.ones(6), np.arange(1, 7), 2.0 ** np.arange(6)):
        rows = gaussian(samples=100, width=6, seed=5) * scale + 3
        assert isoscore(rows) == pytest.approx(isoscore_step_by_step(rows), abs=1e-12)


def test_singular_values_are_those_of_the_centred_matrix():
    for shape in ((50, 8), (8, 50)):
        rows = np.random.default_rng(6).standard_normal(shape) + 2
        values = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False)
        values = values[values > 1e-9]
        assert effective_rank(rows) == pytest.approx(math.exp(entropy(values)), rel=1e-9)


def test_rotation_scale_and_shift_change_nothing():
    rows = gaussian(samples=300, width=6) * np.arange(1, 7)
    turn = np.linalg.qr(gaussian(samples=6, width=6, seed=7))[0]
    moved = 1e-5 * rows @ turn + 0.01
    for each in (effective_rank, participation_ratio, isoscore):
        assert each(moved) == pytest.approx(each(rows), rel=1e-6)
    assert isoscore(rows[:, :1]) == 1
