"""Counts as ordered steps: having come to k, does it go on to k + 1?

The continuation-ratio (sequential logit) model (Fienberg 1980, chapter 6; Tutz 1991): P(y > k | y >= k) = sigmoid(logit_k) for k
= 0 .. K - 1, each logit free, so that any distribution over 0 .. K can be said and no order of thresholds must be kept. The
first logit is that of an event. The last category gathers all counts from K on; `geometric_tail` spreads its mass.

When it is wrong: with many categories the upper logits are learned from few steps; nothing makes near counts alike.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid


def continuation_ratio(y: Tensor, *, logits: Tensor) -> Tensor:
    """Return log P(min(y, K)), natural, in the shape of y broadcast with all but the last axis of logits.

    Args:
        y: counts, shape (...).
        logits: of going on from k to k + 1, shape (..., K).

    Example:
        >>> continuation_ratio(torch.arange(3.0), logits=torch.zeros(2)).exp().tolist()
        [0.5, 0.25, 0.25]
    """
    k = torch.arange(logits.shape[-1], dtype=y.dtype, device=y.device)
    count = y[..., None]
    zero = torch.zeros((), dtype=logits.dtype, device=logits.device)
    went_on = torch.where(k < count, logsigmoid(logits), zero)
    stopped = torch.where(k == count, logsigmoid(-logits), zero)
    return (went_on + stopped).sum(-1)


def geometric_tail(y: Tensor, *, first: int, ratio: float) -> Tensor:
    """Return log P(y | y >= first), natural, of a geometric tail, P(y + 1) = ratio P(y), for y >= first; 0 below it.

    Args:
        y: counts.
        first: where the tail begins.
        ratio: in (0, 1).

    Example:
        >>> geometric_tail(torch.tensor([3.0, 4.0]), first=3, ratio=0.5).exp().tolist()
        [0.5, 0.25]
    """
    share = torch.tensor(ratio, dtype=y.dtype, device=y.device)
    return torch.where(y >= first, torch.log1p(-share) + (y - first) * share.log(), torch.zeros_like(y))
