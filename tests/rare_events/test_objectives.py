import math

import pytest
import torch

from steelyard.errors import InputError
from steelyard.rare_events.objectives import (
    LOSSES,
    SquaredError,
    objective,
    zero_truncated_poisson_log_mean,
)

EVERY = [(heads, loss) for heads, losses in LOSSES.items() for loss in losses]
LIKELIHOODS = [(heads, loss) for heads, loss in EVERY if loss not in ("mse", "bce+mse")]


def outputs_of(chosen, steps=50):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(steps, sum(chosen.heads), generator=generator, dtype=torch.float64)


@pytest.mark.parametrize(("heads", "loss"), EVERY)
def test_distributions_sum_to_one(heads, loss):
    chosen = objective(heads, loss)
    log_pmf = chosen.log_pmf(outputs_of(chosen), most=4000)
    torch.testing.assert_close(log_pmf.exp().sum(1), torch.ones(50, dtype=torch.float64), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("heads", "loss"), LIKELIHOODS)
def test_a_likelihood_loss_is_minus_the_log_probability_of_what_happened(heads, loss):
    chosen = objective(heads, loss)
    outputs = outputs_of(chosen)
    y = torch.arange(50) % 5
    log_pmf = chosen.log_pmf(outputs, most=10)
    torch.testing.assert_close(chosen.loss(outputs, y.double()), -log_pmf[torch.arange(50), y])


@pytest.mark.parametrize(("heads", "loss"), EVERY)
def test_gradients_are_right(heads, loss):
    chosen = objective(heads, loss)
    y = torch.tensor([0.0, 0.0, 1.0, 2.0, 7.0], dtype=torch.float64)
    outputs = outputs_of(chosen, steps=5).requires_grad_()
    assert torch.autograd.gradcheck(lambda o: chosen.loss(o, y), outputs)


@pytest.mark.parametrize(("heads", "loss"), EVERY)
def test_gradients_stay_finite_for_wild_outputs(heads, loss):
    chosen = objective(heads, loss)
    outputs = torch.tensor([[-80.0] * 3, [80.0] * 3, [-80.0, 80.0, -80.0], [80.0, -80.0, 80.0]])[
        :, : sum(chosen.heads)
    ]
    for count in (0.0, 1.0, 30.0):
        leaf = outputs.clone().requires_grad_()
        losses = chosen.loss(leaf, torch.full((4,), count))
        assert torch.isfinite(losses).all()
        losses.sum().backward()
        assert torch.isfinite(leaf.grad).all()


@pytest.mark.parametrize(("heads", "loss"), EVERY)
def test_starts_at_the_base_rate_and_the_mean(heads, loss):
    chosen = objective(heads, loss)
    y = torch.tensor([0.0] * 80 + [1.0] * 10 + [3.0] * 10, dtype=torch.float64)
    pmf = chosen.settle(chosen.start(y).expand(100, -1), y).log_pmf(chosen.start(y)[None], most=200).exp()[0]
    if heads != "one":
        assert 1 - float(pmf[0]) == pytest.approx(0.2, abs=1e-6)
    else:
        assert float(pmf @ torch.arange(201.0, dtype=torch.float64)) == pytest.approx(0.4, abs=0.2)


def test_squared_error_takes_its_spread_from_the_residuals():
    settled = SquaredError().settle(torch.zeros(4, 1), torch.tensor([2.0, -2.0, 2.0, -2.0]))
    assert settled.residual_sd == pytest.approx(2.0)
    assert SquaredError().settle(torch.zeros(2, 1), torch.zeros(2)).residual_sd == pytest.approx(1e-3)


def test_the_product_keeps_the_mean_strength():
    chosen = objective("product")
    strength = 2.7
    outputs = torch.tensor([[0.4, math.log(math.expm1(strength))]], dtype=torch.float64)
    pmf = chosen.log_pmf(outputs, most=60).exp()[0]
    p = 1 / (1 + math.exp(-0.4))
    assert 1 - float(pmf[0]) == pytest.approx(p)
    assert float(pmf @ torch.arange(61.0, dtype=torch.float64)) == pytest.approx(p * strength)


@pytest.mark.parametrize("rate", [1e-3, 0.5, 2.0, 30.0])
def test_the_truncated_mean_is_inverted(rate):
    mean = torch.tensor(rate / -math.expm1(-rate), dtype=torch.float64)
    assert float(zero_truncated_poisson_log_mean(mean)) == pytest.approx(math.log(rate), rel=1e-6)


def test_refuses_what_does_not_go_together():
    with pytest.raises(
        InputError, match="`loss` must be one of mse, poisson, negative-binomial with heads='one'"
    ):
        objective("one", "hurdle-poisson")
    with pytest.raises(InputError, match="`heads` must be one of"):
        objective("three")
