import pytest
import torch

from steelyard.rare_events.objectives.squared_error import SquaredError


def test_takes_its_spread_from_the_residuals():
    settled = SquaredError().settle(torch.zeros(4, 1), torch.tensor([2.0, -2.0, 2.0, -2.0]))
    assert settled.residual_sd == pytest.approx(2.0)
    assert SquaredError().settle(torch.zeros(2, 1), torch.zeros(2)).residual_sd == pytest.approx(1e-3)
