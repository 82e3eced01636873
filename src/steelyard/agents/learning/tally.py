"""What an update did, as means over everything it looked at."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Means over an update.

    Args:
        policy_loss: of the actor.
        value_loss: half the squared error of the values, in units of the scaled rewards.
        entropy: of what the actor chooses from, nats.
        kl: estimate of the divergence of the actor before the update from the one during it, nats: mean of r - 1 - ln r (Schulman 2020,
            "Approximating KL divergence", k3).
        clip_fraction: share of the steps, 0-1, whose probability had changed by more than `clip`; 0 for A2C.
        gradient_norm: of the gradients before they were shortened.
        passes: how often the whole batch was gone through.
    """

    policy_loss: float
    value_loss: float
    entropy: float
    kl: float
    clip_fraction: float
    gradient_norm: float
    passes: int


class Counter:
    """Sum up what happens in an update."""

    def __init__(self) -> None:
        self.sums = torch.zeros(6, dtype=torch.float64)
        self.steps = 0
        self.gradients = 0

    def add(
        self,
        *,
        policy: Tensor,
        value: Tensor,
        entropy: Tensor,
        log_ratio: Tensor,
        clip: float | None,
    ) -> float:
        """Add the steps of a part, all tensors of shape (steps,), and return its divergence."""
        with torch.no_grad():
            ratio = torch.exp(log_ratio)
            divergence = ratio - 1 - log_ratio
            beyond = (ratio - 1).abs() > clip if clip is not None else torch.zeros_like(ratio)
            rows = torch.stack([policy, value, entropy, divergence, beyond.to(ratio.dtype)])
            self.sums[:5] += rows.double().sum(dim=1).cpu()
            self.steps += policy.numel()
            return float(divergence.mean())

    def add_gradient(self, norm: Tensor) -> None:
        """Add the length of a gradient."""
        self.sums[5] += norm.detach().double().cpu()
        self.gradients += 1

    def tally(self, *, passes: int) -> Tally:
        """Return the means."""
        policy, value, entropy, divergence, beyond = (float(each) / self.steps for each in self.sums[:5])
        return Tally(
            policy_loss=policy,
            value_loss=value,
            entropy=entropy,
            kl=divergence,
            clip_fraction=beyond,
            gradient_norm=float(self.sums[5]) / self.gradients,
            passes=passes,
        )
