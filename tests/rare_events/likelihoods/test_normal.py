import numpy as np
import pytest
import torch
from scipy import stats

from steelyard.rare_events.likelihoods.normal import discretised_normal


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize(("mean", "sd"), [(0.2, 1.0), (3.0, 0.4), (-1.0, 2.0)])
def test_is_scipys_and_sums_to_one(mean, sd):
    ours = discretised_normal(tensor(np.arange(60)), mean=tensor(mean), sd=sd).exp()
    assert float(ours.sum()) == pytest.approx(1.0, abs=1e-12)
    k = np.arange(1, 6)
    expected = stats.norm.cdf((k + 0.5 - mean) / sd) - stats.norm.cdf((k - 0.5 - mean) / sd)
    np.testing.assert_allclose(ours[1:6], expected, atol=1e-14)


def test_stays_finite_far_in_the_tails():
    logs = discretised_normal(tensor([200.0, 0.0]), mean=tensor([0.0, 200.0]), sd=1.0)
    assert torch.isfinite(logs).all()
    assert logs[0] == pytest.approx(stats.norm.logsf(199.5), rel=1e-9)
