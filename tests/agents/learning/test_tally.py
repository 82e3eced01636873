import math

import pytest
import torch

from steelyard.agents.learning.tally import Counter


def test_means_are_over_steps_not_over_parts():
    counter = Counter()
    for steps, value in ((1, 4.0), (3, 0.0)):
        each = torch.full((steps,), value)
        counter.add(policy=each, value=each, entropy=each, log_ratio=torch.zeros(steps), clip=0.2)
        counter.add_gradient(torch.tensor(value))
    found = counter.tally(passes=2)
    assert found.policy_loss == found.value_loss == found.entropy == 1.0
    assert found.gradient_norm == 2.0
    assert found.passes == 2


def test_the_divergence_and_what_was_clipped():
    counter = Counter()
    zeros, ratio = torch.zeros(2), torch.tensor([1.0, 1.5])
    divergence = counter.add(policy=zeros, value=zeros, entropy=zeros, log_ratio=ratio.log(), clip=0.2)
    counter.add_gradient(torch.tensor(1.0))
    assert divergence == pytest.approx((0.5 - math.log(1.5)) / 2)
    assert counter.tally(passes=1).kl == pytest.approx(divergence)
    assert counter.tally(passes=1).clip_fraction == 0.5
