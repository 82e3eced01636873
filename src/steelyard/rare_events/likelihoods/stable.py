"""Logarithms of differences and ratios that lose no digits."""

from __future__ import annotations

import torch
from torch import Tensor

_LOG_TWO = 0.6931471805599453


def log1mexp(x: Tensor) -> Tensor:
    """Return log(1 - exp(-x)) for x > 0 without cancellation (Maechler 2012).

    Example:
        >>> log1mexp(torch.tensor([1e-10, 0.6931472])).tolist()
        [-23.0258..., -0.6931...]
    """
    small = x < _LOG_TWO
    near = torch.log(-torch.expm1(-torch.where(small, x, torch.ones_like(x))))
    far = torch.log1p(-torch.exp(-torch.where(small, torch.ones_like(x), x)))
    return torch.where(small, near, far)
