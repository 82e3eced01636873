import numpy as np
import torch
from scipy import stats

from steelyard.rare_events.likelihoods.bernoulli import occurrence


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def test_is_scipys():
    event = tensor([0.0, 1.0, 0.0, 1.0])
    logit = tensor([-2.0, -2.0, 3.0, 3.0])
    expected = stats.bernoulli.logpmf(event.numpy(), 1 / (1 + np.exp(-logit.numpy())))
    np.testing.assert_allclose(occurrence(event, logit=logit), expected, rtol=1e-12)


def test_any_count_above_zero_is_an_event_and_the_gradient_is_right():
    logit = tensor([0.3, -700.0, 0.3]).requires_grad_()
    event = tensor([0.0, 1.0, 5.0])
    assert occurrence(event, logit=logit)[1].item() == -700
    assert torch.autograd.gradcheck(lambda z: occurrence(event, logit=z), logit)
