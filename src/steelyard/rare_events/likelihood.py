"""Exact log-likelihoods of counts, in torch, stable for small means and small dispersions.

Means and sizes are given by their logarithms, which a network's output can be without a bound. `size` is the negative
binomial's r: variance = mean + mean^2 / r (Cameron and Trivedi 2013, section 3.3, NB2); r -> infinity is Poisson. The
zero-truncated forms divide by P(count > 0) (Cameron and Trivedi 2013, section 4.3; Mullahy 1986 for the hurdle).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, softplus


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
    """Return log P(0) = -r log(1 + mean / r), elementwise."""
    return -log_size.exp() * softplus(log_mean - log_size)


def occurrence(event: Tensor, *, logit: Tensor) -> Tensor:
    """Return the Bernoulli log-likelihood of an event (1) or none (0), elementwise."""
    return logsigmoid(torch.where(event > 0, logit, -logit))


def discretised_normal(y: Tensor, *, mean: Tensor, sd: Tensor | float) -> Tensor:
    """Return log of the mass that a normal distribution has on [y - 1/2, y + 1/2]; for y = 0, on everything below 1/2.

    It is what a mean-squared-error forecast says about counts when its residual spread is taken at its word. Exact in the
    tails: differences of the log distribution function on the side where they don't cancel.

    Example:
        >>> discretised_normal(torch.tensor([0.0, 1.0]), mean=torch.tensor(0.5), sd=0.5).exp().tolist()
        [0.5, 0.4772...]
    """
    above = (y + 0.5 - mean) / sd
    below = (y - 0.5 - mean) / sd
    mirrored = below > 0
    upper = torch.where(mirrored, -below, above)
    lower = torch.where(mirrored, -above, below)
    log_upper = torch.special.log_ndtr(upper)
    between = log_upper + log1mexp(log_upper - torch.special.log_ndtr(lower))
    return torch.where(y == 0, torch.special.log_ndtr(above), between)


def log1mexp(x: Tensor) -> Tensor:
    """Return log(1 - exp(-x)) for x > 0 without cancellation (Maechler 2012)."""
    small = x < 0.6931471805599453
    near = torch.log(-torch.expm1(-torch.where(small, x, torch.ones_like(x))))
    far = torch.log1p(-torch.exp(-torch.where(small, torch.ones_like(x), x)))
    return torch.where(small, near, far)
