import math

import pytest
import torch

from steelyard.rare_events.objectives import objective


def test_squared_error_counts_on_steps_with_an_event_only():
    chosen = objective("two", "bce+mse")
    outputs = torch.tensor([[0.0, math.log(math.expm1(2.5))]] * 2, dtype=torch.float64)
    losses = chosen.losses(outputs, torch.tensor([0.0, 4.0], dtype=torch.float64))
    assert losses["strength"].tolist() == [0.0, pytest.approx(2.25)]
    assert losses["occurrence"].tolist() == [pytest.approx(math.log(2))] * 2


def test_the_best_constants_are_the_base_rate_and_the_mean_strength():
    chosen = objective("two", "bce+mse")
    y = torch.tensor([0.0, 0.0, 0.0, 1.0, 4.0], dtype=torch.float64)
    start = chosen.start(y).requires_grad_()
    loss = sum(part.mean() for part in chosen.losses(start.expand(5, 2), y).values())
    (slope,) = torch.autograd.grad(loss, start)
    torch.testing.assert_close(slope, torch.zeros(2, dtype=torch.float64), atol=1e-12, rtol=0)
