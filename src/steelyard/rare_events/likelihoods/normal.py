"""What a normal distribution says about counts."""

from __future__ import annotations

import torch
from torch import Tensor

from steelyard.rare_events.likelihoods.stable import log1mexp


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
