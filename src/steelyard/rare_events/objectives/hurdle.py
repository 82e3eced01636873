"""Two heads, trained by a likelihood each: the event's, and the strength's given an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import torch
from torch import Tensor

from steelyard.rare_events.likelihoods.bernoulli import occurrence
from steelyard.rare_events.likelihoods.negative_binomial import zero_truncated_negative_binomial
from steelyard.rare_events.likelihoods.poisson import zero_truncated_poisson
from steelyard.rare_events.objectives._base import (
    LOG_MEAN,
    LOG_SIZE,
    LossPart,
    base_rate,
    counts_to,
    logit_of,
)
from steelyard.rare_events.occurrence_losses import CrossEntropy, OccurrenceLoss


@dataclass(frozen=True, slots=True, kw_only=True)
class Hurdle:
    """Two heads: Bernoulli for the event, zero-truncated counts for its strength (Mullahy 1986).

    With cross-entropy for the event, the loss averaged over all steps is exactly the negative log-likelihood a step, nothing
    weighted by hand. With another loss for the event the forecast stands for what the sigmoid says, as people use it, and
    `event.distorted` tells by how much that is wrong.

    Args:
        dispersed: negative binomial strengths instead of Poisson ones.
        event: what the event head is trained with.
    """

    dispersed: bool
    event: OccurrenceLoss = field(default_factory=CrossEntropy)

    @property
    def heads(self) -> tuple[int, ...]:
        """Return 1 output for the event, and 1 (log mean) or 2 (with log size) for the strength."""
        return (1, 2 if self.dispersed else 1)

    @property
    def parts(self) -> tuple[LossPart, ...]:
        """Return the event's part and the strength's."""
        return ("occurrence", "strength")

    def losses(self, outputs: Tensor, y: Tensor) -> dict[str, Tensor]:
        """Return the event's loss, and the strength's negative log-likelihood where there is an event."""
        event = y > 0
        strength = self._strength(outputs, y.clamp(min=1))
        return {
            "occurrence": self.event.losses(event, logit=outputs[..., 0]),
            "strength": -torch.where(event, strength, 0.0),
        }

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return the hurdle's distribution."""
        strengths = self._strength(outputs[..., None, :], counts_to(most, first=1, like=outputs))
        return with_event(outputs[..., 0], strengths)

    def start(self, y: Tensor) -> Tensor:
        """Return the logit that minimises the event's loss at the base rate, the log mean strength, and a size of 1."""
        strength = y[y > 0].mean()
        event = logit_of(self.event.distorted(base_rate(y)))
        return torch.stack([event, strength.log(), torch.zeros_like(strength)][: sum(self.heads)])

    def prepare(self, y: Tensor) -> Self:
        """Return the objective with the event's loss prepared."""
        return replace(self, event=self.event.prepare(y > 0))

    def settle(self, outputs: Tensor, y: Tensor) -> Self:  # noqa: ARG002 - nothing is left to know
        """Return the objective as it is."""
        return self

    def state(self) -> dict[str, Any]:
        """Return the numbers of the event's loss."""
        return self.event.state()

    def restored(self, state: Mapping[str, Any]) -> Self:
        """Return the objective with the numbers of the event's loss."""
        return replace(self, event=self.event.restored(state))

    def _strength(self, outputs: Tensor, y: Tensor) -> Tensor:
        log_mean = outputs[..., 1].clamp(*LOG_MEAN)
        if self.dispersed:
            log_size = outputs[..., 2].clamp(*LOG_SIZE)
            return zero_truncated_negative_binomial(y, log_mean=log_mean, log_size=log_size)
        return zero_truncated_poisson(y, log_mean=log_mean)


def with_event(logit: Tensor, strengths: Tensor) -> Tensor:
    """Return log P(0), log P(1), ... from an event's logit, shape (...), and log P(k | event) for k = 1, 2, ...

    Example:
        >>> with_event(torch.zeros(1), torch.zeros(1, 1)).exp().tolist()
        [[0.5, 0.5]]
    """
    none = occurrence(torch.zeros_like(logit), logit=logit)
    some = occurrence(torch.ones_like(logit), logit=logit)
    return torch.cat([none[..., None], some[..., None] + strengths], dim=-1)
