"""An event or none."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid


def occurrence(event: Tensor, *, logit: Tensor) -> Tensor:
    """Return the Bernoulli log-likelihood of an event (1) or none (0), natural, elementwise.

    Example:
        >>> occurrence(torch.tensor([1.0, 0.0]), logit=torch.log(torch.tensor(0.25))).exp().tolist()
        [0.2..., 0.8...]
    """
    return logsigmoid(torch.where(event > 0, logit, -logit))
