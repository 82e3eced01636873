"""One head, trained by the likelihood of counts with zeros added."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from steelyard.rare_events.likelihoods.poisson import zero_truncated_poisson_log_mean
from steelyard.rare_events.likelihoods.zero_inflated import (
    zero_inflated_negative_binomial,
    zero_inflated_poisson,
)
from steelyard.rare_events.objectives._base import (
    LOG_MEAN,
    LOG_SIZE,
    LossPart,
    Stateless,
    base_rate,
    counts_to,
    logit_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroInflated(Stateless):
    """One head: zero for sure on a share of the steps, Poisson or negative binomial on the others (Lambert 1992).

    Unlike a hurdle, a zero can come from either, so the two can't be trained apart, and zeros can't be rarer than the count
    distribution has them.

    Args:
        dispersed: negative binomial instead of Poisson.
    """

    dispersed: bool

    @property
    def heads(self) -> tuple[int, ...]:
        """Return 2 outputs (logit of the share, log mean) or 3 (with log size)."""
        return (3 if self.dispersed else 2,)

    @property
    def parts(self) -> tuple[LossPart, ...]:
        """Return the one part."""
        return ("count",)

    def losses(self, outputs: Tensor, y: Tensor) -> dict[str, Tensor]:
        """Return the negative log-likelihood of each step."""
        return {"count": -self._log_likelihood(outputs, y)}

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return the distribution."""
        return self._log_likelihood(outputs[..., None, :], counts_to(most, like=outputs))

    def start(self, y: Tensor) -> Tensor:
        """Return share and mean that give the base rate and the mean strength, with a size of 1.

        Zeros being absorbed by the share, the rest is fitted as if truncated at zero (Lambert 1992): a Poisson by its mean
        given an event; a negative binomial of size 1 is geometric, and its mean is the mean strength less 1. Where the
        base rate is higher than that allows the share is 1e-4.
        """
        strength = y[y > 0].mean().clamp(min=1.001)
        log_mean = (strength - 1).log() if self.dispersed else zero_truncated_poisson_log_mean(strength)
        mean = log_mean.exp()
        event = mean / (1 + mean) if self.dispersed else -torch.expm1(-mean)
        share = logit_of((1 - base_rate(y) / event).clamp(min=0))
        return torch.stack([share, log_mean, torch.zeros_like(share)][: sum(self.heads)])

    def _log_likelihood(self, outputs: Tensor, y: Tensor) -> Tensor:
        logit, log_mean = outputs[..., 0], outputs[..., 1].clamp(*LOG_MEAN)
        if self.dispersed:
            log_size = outputs[..., 2].clamp(*LOG_SIZE)
            return zero_inflated_negative_binomial(y, logit=logit, log_mean=log_mean, log_size=log_size)
        return zero_inflated_poisson(y, logit=logit, log_mean=log_mean)
