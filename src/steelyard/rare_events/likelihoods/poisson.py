"""Poisson counts, and Poisson counts of which it is known that they aren't zero.

The zero-truncated form divides by P(count > 0) (Cameron and Trivedi 2013, section 4.3; Mullahy 1986 for the hurdle).
"""

from __future__ import annotations

import torch
from torch import Tensor

from steelyard.rare_events.likelihoods.stable import log1mexp


def poisson(y: Tensor, *, log_mean: Tensor) -> Tensor:
    """Return log P(y), natural, elementwise, for y = 0, 1, 2, ...

    Example:
        >>> poisson(torch.tensor([0.0, 2.0]), log_mean=torch.zeros(2)).tolist()
        [-1.0, -1.693147...]
    """
    return y * log_mean - log_mean.exp() - torch.lgamma(y + 1)


def zero_truncated_poisson(y: Tensor, *, log_mean: Tensor) -> Tensor:
    """Return log P(y | y > 0), natural, elementwise, for y = 1, 2, ...; `log_mean` is that of the untruncated Poisson.

    Example:
        >>> zero_truncated_poisson(torch.tensor([1.0]), log_mean=torch.tensor([-20.0])).abs().item() < 1e-6
        True
    """
    return poisson(y, log_mean=log_mean) - log1mexp(log_mean.exp())


def zero_truncated_poisson_log_mean(mean: Tensor, *, iterations: int = 30) -> Tensor:
    """Return the log of the lambda with lambda / (1 - exp(-lambda)) = mean, for means above 1, by Newton's method.

    Example:
        >>> zero_truncated_poisson_log_mean(torch.tensor([1 / (1 - torch.exp(torch.tensor(-1.0)))])).abs().item() < 1e-5
        True
    """
    wanted = mean.double()
    rate = torch.where(wanted < 2, 2 * (wanted - 1), wanted)
    for _ in range(iterations):
        hit = -torch.expm1(-rate)
        value = rate / hit - wanted
        slope = (hit - rate * torch.exp(-rate)) / hit**2
        rate = (rate - value / slope).clamp(min=1e-9)
    return rate.log().to(mean.dtype)
