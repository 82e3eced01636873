"""The losses of actor and critic, step by step."""

from __future__ import annotations

import torch
from torch import Tensor


def clipped_loss(log_probabilities: Tensor, old: Tensor, advantages: Tensor, *, clip: float) -> Tensor:
    """Return PPO's loss of each step, shape (steps,): minus its clipped surrogate objective.

    Schulman et al. 2017, equation 7: -min(r A, clip(r, 1 - clip, 1 + clip) A), where r = p(action) / old p(action). A step gives no
    gradient once its probability has changed by more than the share in the direction its advantage asks for.

    Args:
        log_probabilities: of the actions now, shape (steps,).
        old: of the actions when they were chosen.
        advantages: of the actions.
        clip: largest useful change of a probability, as a share.

    Example:
        >>> now, old, one = torch.log(torch.tensor([0.5, 0.9])), torch.log(torch.tensor([0.5, 0.5])), torch.ones(2)
        >>> clipped_loss(now, old, one, clip=0.2)
        tensor([-1.0000, -1.2000])
    """
    ratio = torch.exp(log_probabilities - old)
    return -torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)


def plain_loss(log_probabilities: Tensor, advantages: Tensor) -> Tensor:
    """Return the actor's loss of each step without a ratio, shape (steps,): -log p(action) times its advantage.

    Its gradient is that of REINFORCE with a baseline (Williams 1992; Mnih et al. 2016, section 4).

    Example:
        >>> plain_loss(torch.log(torch.tensor([0.5])), torch.tensor([2.0]))
        tensor([1.3863])
    """
    return -log_probabilities * advantages


def squared_error(values: Tensor, targets: Tensor) -> Tensor:
    """Return half the squared error of each step's value, shape (steps,).

    Example:
        >>> squared_error(torch.tensor([1.0]), torch.tensor([3.0]))
        tensor([2.])
    """
    return 0.5 * (values - targets) ** 2


def entropies(log_probabilities: Tensor) -> Tensor:
    """Return the entropy in nats of each row of log-probabilities, shape (rows,).

    Example:
        >>> entropies(torch.log(torch.tensor([[0.5, 0.5]])))
        tensor([0.6931])
    """
    return -(log_probabilities.exp() * log_probabilities).sum(dim=-1)
