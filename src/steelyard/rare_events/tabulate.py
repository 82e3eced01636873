"""From a network's outputs to a table of probabilities in double precision."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from steelyard.rare_events.objectives import Objective


def log_pmf_table(chosen: Objective, outputs: Tensor, *, most: int) -> NDArray[np.float64]:
    """Return the objective's log pmf in double precision, with everything above `most` gathered in the last column."""
    log_pmf = chosen.log_pmf(outputs.double(), most=most)
    below = log_pmf[:, :-1].exp().sum(1)
    tail = (1 - below).clamp(min=0).log()
    log_pmf[:, -1] = torch.maximum(log_pmf[:, -1], tail)
    normalised = log_pmf - torch.logsumexp(log_pmf, dim=1, keepdim=True)
    return cast("NDArray[np.float64]", normalised.cpu().numpy())
