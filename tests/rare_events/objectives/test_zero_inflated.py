import pytest
import torch

from steelyard.rare_events.objectives import objective

Y = torch.tensor([0.0] * 80 + [1.0] * 8 + [2.0] * 8 + [4.0] * 4, dtype=torch.float64)


@pytest.mark.parametrize("loss", ["zero-inflated-poisson", "zero-inflated-negative-binomial"])
def test_starts_at_the_base_rate_and_the_mean_where_zeros_are_inflated(loss):
    chosen = objective("one", loss)
    masses = chosen.log_pmf(chosen.start(Y), most=400).exp()
    assert masses[0].item() == pytest.approx(0.8, abs=1e-6)
    assert float(masses @ torch.arange(401.0, dtype=torch.float64)) == pytest.approx(
        float(Y.mean()), rel=1e-6
    )


def test_the_poisson_start_is_statsmodels_fit():
    """Share and mean of a zero-inflated Poisson without inputs have their greatest likelihood where `start` puts them."""
    chosen = objective("one", "zero-inflated-poisson")
    start = chosen.start(Y).requires_grad_()
    (slope,) = torch.autograd.grad(chosen.losses(start.expand(100, 2), Y)["count"].sum(), start)
    torch.testing.assert_close(slope, torch.zeros_like(slope), atol=1e-8, rtol=0)
    models = pytest.importorskip("statsmodels.discrete.count_model")
    fit = models.ZeroInflatedPoisson(Y.numpy(), torch.ones(100, 1).numpy()).fit(disp=0)
    torch.testing.assert_close(start.detach(), torch.tensor(fit.params), atol=1e-3, rtol=0)


def test_without_too_many_zeros_the_share_starts_near_zero():
    y = torch.tensor([1.0, 2.0, 3.0, 2.0])
    assert objective("one", "zero-inflated-poisson").start(y)[0] < -9
