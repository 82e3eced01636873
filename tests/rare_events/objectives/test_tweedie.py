import pytest
import torch

from steelyard.rare_events.objectives.tweedie import Tweedie


def test_settles_on_the_dispersion_under_which_its_forecasts_are_likeliest():
    y = torch.tensor([0.0] * 70 + [1.0] * 15 + [2.0] * 8 + [4.0] * 5 + [7.0] * 2, dtype=torch.float64)
    outputs = y.mean().log().expand(100, 1)
    settled = Tweedie().settle(outputs, y)

    def score(dispersion):
        chosen = Tweedie(dispersion=dispersion)
        return float(chosen.log_pmf(outputs, most=7)[torch.arange(100), y.long()].mean())

    best = score(settled.dispersion)
    assert all(best > score(settled.dispersion * factor) for factor in (0.2, 0.5, 0.95, 1.05, 2.0, 5.0))


def test_the_dispersion_stays_within_bounds():
    outputs = torch.zeros(4, 1, dtype=torch.float64)
    assert Tweedie().settle(outputs, torch.ones(4)).dispersion == pytest.approx(0.05, rel=0.02)


def test_the_best_constant_is_the_mean():
    y = torch.tensor([0.0, 0.0, 1.0, 5.0], dtype=torch.float64)
    start = Tweedie().start(y).requires_grad_()
    loss = Tweedie().losses(start.expand(4, 1), y)["count"].mean()
    (slope,) = torch.autograd.grad(loss, start)
    assert start.item() == pytest.approx(0.4054651)
    assert slope.item() == pytest.approx(0, abs=1e-12)
