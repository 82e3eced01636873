import numpy as np
import pytest
import torch

from steelyard.rare_events.likelihoods.stable import log1mexp


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize("x", [1e-12, 1e-3, 0.6931, 0.6932, 5.0, 50.0])
def test_is_exact_on_both_sides(x):
    exact = float(np.log(-np.expm1(-np.longdouble(x))))
    assert float(log1mexp(tensor(x))) == pytest.approx(exact, rel=1e-12)


def test_has_finite_gradients_everywhere():
    x = tensor([1e-9, 0.1, 2.0, 700.0]).requires_grad_()
    log1mexp(x).sum().backward()
    assert torch.isfinite(x.grad).all()
