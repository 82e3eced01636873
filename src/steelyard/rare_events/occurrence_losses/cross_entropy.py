"""Binary cross-entropy: the one of these losses that leaves probabilities alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from torch import Tensor

from steelyard.rare_events.likelihoods.bernoulli import occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossEntropy:
    """Minus the Bernoulli log-likelihood; strictly proper (Good 1952).

    Example:
        >>> import torch
        >>> CrossEntropy().distorted(torch.tensor(0.25)).item()
        0.25
    """

    def losses(self, event: Tensor, *, logit: Tensor) -> Tensor:
        """Return -log p for an event, -log(1 - p) for none."""
        return -occurrence(event, logit=logit)

    def distorted(self, q: Tensor) -> Tensor:
        """Return q."""
        return q

    def undistorted(self, p: Tensor) -> Tensor:
        """Return p."""
        return p

    def prepare(self, event: Tensor) -> Self:  # noqa: ARG002 - nothing must be known
        """Return the loss as it is."""
        return self

    def state(self) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def restored(self, state: Mapping[str, Any]) -> Self:  # noqa: ARG002 - nothing to restore
        """Return the loss as it is."""
        return self
