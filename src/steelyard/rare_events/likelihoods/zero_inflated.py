"""Counts that are zero for two reasons: nothing could happen (a share of the steps), or nothing did.

P(0) = w + (1 - w) f(0) and P(y) = (1 - w) f(y) for y > 0, where f is Poisson (Lambert 1992) or negative binomial
(Greene 1994; Cameron and Trivedi 2013, chapter 4) and w, the share of structural zeros, is given by its logit.

When it is wrong: where f's mean is small, w and f(0) are told apart only by how counts above zero spread, so both are poorly
determined although their sum isn't; and no w makes zeros rarer than f has them (a hurdle can). Read P(0), not w.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from steelyard.rare_events.likelihoods.negative_binomial import negative_binomial, negative_binomial_log_zero
from steelyard.rare_events.likelihoods.poisson import poisson


def zero_inflated_poisson(y: Tensor, *, logit: Tensor, log_mean: Tensor) -> Tensor:
    """Return log P(y), natural, elementwise, for y = 0, 1, 2, ...

    Args:
        y: counts.
        logit: of the share of structural zeros.
        log_mean: of the Poisson distribution, before zeros are added.

    Example:
        >>> zero = torch.tensor(0.0)
        >>> zero_inflated_poisson(zero, logit=zero, log_mean=zero).exp().item()
        0.6839...
    """
    return _inflated(y, logit=logit, log_zero=-log_mean.exp(), log_count=poisson(y, log_mean=log_mean))


def zero_inflated_negative_binomial(
    y: Tensor, *, logit: Tensor, log_mean: Tensor, log_size: Tensor
) -> Tensor:
    """Return log P(y), natural, elementwise, for y = 0, 1, 2, ...

    Args:
        y: counts.
        logit: of the share of structural zeros.
        log_mean: of the negative binomial distribution, before zeros are added.
        log_size: of its r.

    Example:
        >>> zero = torch.tensor(0.0)
        >>> zero_inflated_negative_binomial(zero, logit=zero, log_mean=zero, log_size=zero).exp().item()
        0.75
    """
    return _inflated(
        y,
        logit=logit,
        log_zero=negative_binomial_log_zero(log_mean=log_mean, log_size=log_size),
        log_count=negative_binomial(y, log_mean=log_mean, log_size=log_size),
    )


def _inflated(y: Tensor, *, logit: Tensor, log_zero: Tensor, log_count: Tensor) -> Tensor:
    none = torch.logaddexp(logsigmoid(logit), logsigmoid(-logit) + log_zero)
    return torch.where(y == 0, none, logsigmoid(-logit) + log_count)
