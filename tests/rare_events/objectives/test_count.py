import torch

from steelyard.rare_events.objectives import objective


def test_a_poisson_constant_starts_at_its_best():
    y = torch.tensor([0.0, 0.0, 0.0, 3.0], dtype=torch.float64)
    start = objective("one", "poisson").start(y).requires_grad_()
    (slope,) = torch.autograd.grad(
        objective("one", "poisson").losses(start.expand(4, 1), y)["count"].sum(), start
    )
    torch.testing.assert_close(slope, torch.zeros_like(slope), atol=1e-12, rtol=0)


def test_dispersion_adds_an_output():
    assert objective("one", "poisson").heads == (1,)
    assert objective("one", "negative-binomial").heads == (2,)
