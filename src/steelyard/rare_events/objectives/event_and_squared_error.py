"""Two heads: cross-entropy for the event, squared error for the strength on the steps that have one."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

from steelyard.rare_events.likelihoods.bernoulli import occurrence
from steelyard.rare_events.likelihoods.poisson import zero_truncated_poisson, zero_truncated_poisson_log_mean
from steelyard.rare_events.objectives._base import LossPart, Stateless, base_rate, counts_to, logit_of
from steelyard.rare_events.objectives.hurdle import with_event


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAndSquaredError(Stateless):
    """Two heads, cross-entropy and squared error, the second on steps with an event only.

    Both means are identified: P(event) = p and E[count | event] = s. Squared error says nothing of the spread, so the
    forecast takes a zero-truncated Poisson whose mean is s (as `Product`).

    When it is wrong: strengths more spread than a Poisson's have too light a tail; and the two losses have different units
    (nats and counts squared), so their sum weighs them by accident.
    """

    @property
    def heads(self) -> tuple[int, ...]:
        """Return 1 output for p, 1 for s."""
        return (1, 1)

    @property
    def parts(self) -> tuple[LossPart, ...]:
        """Return the event's part and the strength's."""
        return ("occurrence", "strength")

    def losses(self, outputs: Tensor, y: Tensor) -> dict[str, Tensor]:
        """Return the event's cross-entropy, and the strength's squared error where there is an event."""
        squared = (softplus(outputs[..., 1]) - y) ** 2
        return {
            "occurrence": -occurrence(y > 0, logit=outputs[..., 0]),
            "strength": torch.where(y > 0, squared, 0.0),
        }

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return p times the zero-truncated Poisson of mean s."""
        return read_strength(outputs, most=most)

    def start(self, y: Tensor) -> Tensor:
        """Return the base rate's logit and the mean strength through softplus' inverse."""
        return start_with_strength(y)


def read_strength(outputs: Tensor, *, most: int) -> Tensor:
    """Return log P(0 .. most), shape (..., most + 1), from outputs (logit of p, inverse softplus of s), shape (..., 2).

    Given an event, counts are zero-truncated Poisson with mean s; s below 1.001 counts as 1.001.

    Example:
        >>> read_strength(torch.zeros(1, 2), most=40).exp().sum().item()
        1.0...
    """
    log_mean = zero_truncated_poisson_log_mean(softplus(outputs[..., 1]).clamp(min=1.001))
    strengths = zero_truncated_poisson(counts_to(most, first=1, like=outputs), log_mean=log_mean[..., None])
    return with_event(outputs[..., 0], strengths)


def start_with_strength(y: Tensor) -> Tensor:
    """Return the base rate's logit and the inverse softplus of the mean strength, shape (2,).

    Example:
        >>> start_with_strength(torch.tensor([0.0, 1.0])).tolist()
        [0.0, 0.541...]
    """
    return torch.stack([logit_of(base_rate(y)), y[y > 0].mean().expm1().clamp(max=1e8).log()])
