import numpy as np
import pytest
import torch
from scipy import special

from steelyard.rare_events.likelihoods.ordinal import continuation_ratio, geometric_tail


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def test_says_any_distribution():
    wanted = np.array([0.7, 0.05, 0.2, 0.05])
    reached = wanted[::-1].cumsum()[::-1]
    logits = tensor(special.logit(reached[1:] / reached[:-1]))
    np.testing.assert_allclose(
        continuation_ratio(tensor([0.0, 1, 2, 3, 4, 99]), logits=logits).exp(), [*wanted, 0.05, 0.05]
    )


def test_is_the_product_of_the_steps_taken():
    logits = tensor([[-1.0, 0.4, 2.0], [0.3, -0.2, 1.0]])
    on = special.expit(logits.numpy())
    ours = continuation_ratio(tensor([2.0, 0.0]), logits=logits).exp()
    np.testing.assert_allclose(ours, [on[0, 0] * on[0, 1] * (1 - on[0, 2]), 1 - on[1, 0]])


def test_fits_as_logistic_regressions_of_going_on():
    """The likelihood splits into one logistic regression a category, so statsmodels' fits must be where its slope is 0."""
    api = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(0)
    x = rng.normal(size=600)
    y = (rng.random(600) < special.expit(x)).astype(float) * (1 + (rng.random(600) < special.expit(-x)))
    design = np.column_stack([np.ones_like(x), x])
    fits = [api.Logit((y[y >= k] > k).astype(float), design[y >= k]).fit(disp=0) for k in range(2)]
    weights = tensor(np.stack([fit.params for fit in fits], axis=1)).requires_grad_()
    log_likelihood = continuation_ratio(tensor(y), logits=tensor(design) @ weights).sum()
    assert log_likelihood.item() == pytest.approx(sum(fit.llf for fit in fits), rel=1e-10)
    (slope,) = torch.autograd.grad(log_likelihood, weights)
    np.testing.assert_allclose(slope, 0, atol=1e-5)


def test_the_tail_sums_to_one_and_leaves_what_is_below_it():
    masses = geometric_tail(torch.arange(200, dtype=torch.float64), first=3, ratio=0.6).exp()
    np.testing.assert_allclose(masses[:3], 1)
    assert float(masses[3:].sum()) == pytest.approx(1)
    np.testing.assert_allclose(masses[4:10] / masses[3:9], 0.6)


def test_gradients_are_right_and_finite_at_the_extremes():
    y = tensor([0.0, 1.0, 2.0, 7.0])
    logits = tensor([[0.1, -2.0], [1.0, 0.3], [-1.0, 2.0], [0.5, 0.5]]).requires_grad_()
    assert torch.autograd.gradcheck(lambda z: continuation_ratio(y, logits=z), logits)
    wild = tensor([[800.0, -800.0]] * 4).requires_grad_()
    logs = continuation_ratio(y, logits=wild)
    logs.sum().backward()
    assert torch.isfinite(logs).all()
    assert torch.isfinite(wild.grad).all()
