"""One head, trained by the likelihood of one count distribution."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from steelyard.rare_events.likelihoods.negative_binomial import negative_binomial
from steelyard.rare_events.likelihoods.poisson import poisson
from steelyard.rare_events.objectives._base import LOG_MEAN, LOG_SIZE, LossPart, Stateless, counts_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Stateless):
    """One head: all counts, zeros among them, from one Poisson or negative binomial distribution.

    Args:
        dispersed: negative binomial instead of Poisson.
    """

    dispersed: bool

    @property
    def heads(self) -> tuple[int, ...]:
        """Return 1 output (log mean) or 2 (with log size)."""
        return (2 if self.dispersed else 1,)

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
        """Return the log mean (and a size of 1)."""
        log_mean = y.mean().log()
        return torch.stack([log_mean, torch.zeros_like(log_mean)][: sum(self.heads)])

    def _log_likelihood(self, outputs: Tensor, y: Tensor) -> Tensor:
        log_mean = outputs[..., 0].clamp(*LOG_MEAN)
        if self.dispersed:
            return negative_binomial(y, log_mean=log_mean, log_size=outputs[..., 1].clamp(*LOG_SIZE))
        return poisson(y, log_mean=log_mean)
