"""A network asked about many bags: each different one once, in pieces, without gradients."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from steelyard.agents.learning.rows import Rows
from steelyard.agents.network import SetActorCritic

PIECE = 512
"""Bags shown at once: more don't gain time on a processor."""
_NEVER = -1e9
"""Added to the logit of an action that isn't allowed: its probability is 0, and 0 times its logarithm too."""


def answers(network: SetActorCritic, rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return log-probabilities of the actions, shape (rows, actions), and values, shape (rows,), in double precision.

    The network is in evaluation mode for it: dropout, where there is any, is for updates only.

    Args:
        network: asked.
        rows: the bags.

    Example:
        >>> network = SetActorCritic(4, 0, 3, width=8, seed=0)
        >>> words = np.array([[1, 2], [1, 0], [1, 2]])
        >>> log_probabilities, values = answers(network, Rows(words=words, mask=words > 0, features=None))
        >>> log_probabilities.shape, bool(values[0] == values[2])
        ((3, 3), True)
    """
    found = rows.distinct()
    asked = rows.taken(found.first)
    device = next(network.parameters()).device
    chances, values = [], []
    training = network.training
    network.eval()
    try:
        with torch.no_grad():
            for begin in range(0, len(asked), PIECE):
                shown = asked.taken(np.arange(begin, min(begin + PIECE, len(asked)))).shown(device)
                logits, value = network(shown)
                chances.append(log_probabilities(logits.double(), shown.allowed).cpu().numpy())
                values.append(value.double().cpu().numpy())
    finally:
        network.train(training)
    return np.concatenate(chances)[found.of], np.concatenate(values)[found.of]


def log_probabilities(logits: Tensor, allowed: Tensor | None) -> Tensor:
    """Return the log-probabilities of the actions, shape (batch, actions): of those that are allowed only.

    Args:
        logits: shape (batch, actions).
        allowed: shape (batch, actions), bool, or None where all are.

    Example:
        >>> log_probabilities(torch.zeros(1, 3), torch.tensor([[True, False, True]])).exp()
        tensor([[0.5000, 0.0000, 0.5000]])
    """
    if allowed is not None:
        logits = logits.masked_fill(~allowed, _NEVER)
    return torch.log_softmax(logits, dim=-1)
