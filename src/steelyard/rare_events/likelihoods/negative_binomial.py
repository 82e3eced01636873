"""Negative binomial counts, and those of which it is known that they aren't zero.

`size` is the r of variance = mean + mean^2 / r (Cameron and Trivedi 2013, section 3.3, NB2); r -> infinity is Poisson. The
zero-truncated form divides by P(count > 0) (Cameron and Trivedi 2013, section 4.3).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, softplus

from steelyard.rare_events.likelihoods.stable import log1mexp


def negative_binomial(y: Tensor, *, log_mean: Tensor, log_size: Tensor) -> Tensor:
    """Return log P(y), natural, elementwise, for y = 0, 1, 2, ...

    Example:
        >>> half = torch.log(torch.tensor(0.5))
        >>> negative_binomial(torch.tensor(0.0), log_mean=half, log_size=half).exp().item()
        0.7071...
    """
    size = log_size.exp()
    log_zero = negative_binomial_log_zero(log_mean=log_mean, log_size=log_size)
    return (
        torch.lgamma(y + size)
        - torch.lgamma(size)
        - torch.lgamma(y + 1)
        + log_zero
        + y * logsigmoid(log_mean - log_size)
    )


def zero_truncated_negative_binomial(y: Tensor, *, log_mean: Tensor, log_size: Tensor) -> Tensor:
    """Return log P(y | y > 0), natural, elementwise, for y = 1, 2, ...; mean and size are those before truncation.

    Example:
        >>> zero = torch.tensor(0.0)
        >>> zero_truncated_negative_binomial(torch.tensor(1.0), log_mean=zero, log_size=zero).exp().item()
        0.5
    """
    log_zero = negative_binomial_log_zero(log_mean=log_mean, log_size=log_size)
    return negative_binomial(y, log_mean=log_mean, log_size=log_size) - log1mexp(-log_zero)


def negative_binomial_log_zero(*, log_mean: Tensor, log_size: Tensor) -> Tensor:
    """Return log P(0) = -r log(1 + mean / r), elementwise.

    Example:
        >>> zero = torch.tensor(0.0)
        >>> negative_binomial_log_zero(log_mean=zero, log_size=zero).exp().item()
        0.5
    """
    return -log_size.exp() * softplus(log_mean - log_size)
