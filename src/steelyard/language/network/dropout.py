"""Dropout from a generator of its own, so that a training's random numbers are its own too."""

from __future__ import annotations

import torch
from torch import Tensor


def dropped(values: Tensor, share: float, generator: torch.Generator | None) -> Tensor:
    """Return values with a share of them set to 0 and the others scaled up (Srivastava et al. 2014); unchanged without a generator.

    Args:
        values: any shape.
        share: probability that a value is dropped, in [0, 1).
        generator: draws which; None while not training.

    Example:
        >>> kept = dropped(torch.ones(1000), 0.5, torch.Generator().manual_seed(0))
        >>> sorted(set(kept.tolist())), bool(400 < (kept == 0).sum() < 600)
        ([0.0, 2.0], True)
    """
    if share == 0 or generator is None:
        return values
    with torch.no_grad():
        mask = torch.empty_like(values).bernoulli_(1 - share, generator=generator).div_(1 - share)
    return values * mask
