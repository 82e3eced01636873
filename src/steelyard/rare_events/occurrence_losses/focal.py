"""Focal loss: steps already forecast well count for less, and every probability moves towards 1/2."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, softplus

from steelyard.errors import InputError
from steelyard.rare_events.likelihoods.bernoulli import occurrence

_BISECTIONS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Focal:
    """w (1 - p)^g (-log p) for an event, p^g (-log(1 - p)) for none (Lin et al. 2017, equations 4 and 5).

    Let a(p) = (1 - p)^g / p + g (1 - p)^(g-1) (-log p), minus the slope of the event's loss without w. The expected loss is
    least where w q a(p) = (1 - q) a(1 - p), that is where odds(q) = a(1 - p) / (w a(p)) (Charoenphakdee et al. 2021,
    for w = 1). a decreases for every g >= 0, so the p of a q is one; from p to q it is a closed form, from q to p a bisection.

    When it is wrong: whenever p is read as a probability. Rare events come out several times too probable.

    Args:
        focusing: g, at least 0; 0 is weighted cross-entropy.
        weight: w, positive; Lin et al.'s alpha is w / (1 + w).

    Raises:
        InputError: numbers out of range.

    Example:
        >>> loss = Focal(focusing=2.0)
        >>> p = loss.distorted(torch.tensor(0.05))
        >>> p.item(), loss.undistorted(p).item()
        (0.2502..., 0.05...)
    """

    focusing: float = 2.0
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not (0 <= self.focusing < math.inf and 0 < self.weight < math.inf):
            raise InputError(
                f"`focusing` must be at least 0 and `weight` positive, but got {self.focusing} and {self.weight}"
            )

    def losses(self, event: Tensor, *, logit: Tensor) -> Tensor:
        """Return the focal loss."""
        missed = torch.where(event > 0, -logit, logit)
        plain = -torch.exp(self.focusing * logsigmoid(missed)) * occurrence(event, logit=logit)
        return torch.where(event > 0, self.weight * plain, plain)

    def distorted(self, q: Tensor) -> Tensor:
        """Return the minimising p, by bisection to double precision."""
        wanted = torch.logit(q.double()) + math.log(self.weight)
        finite = torch.isfinite(wanted)
        target = torch.where(finite, wanted, torch.zeros_like(wanted))
        low, high = -target.abs() - 1, target.abs() + 1
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            above = self._undistorted_logit(middle) > target
            low, high = torch.where(above, low, middle), torch.where(above, middle, high)
        return torch.where(finite, torch.sigmoid((low + high) / 2), q.double()).to(q.dtype)

    def undistorted(self, p: Tensor) -> Tensor:
        """Return a(1 - p) / (a(1 - p) + w a(p)), exact."""
        logit = torch.logit(p.double())
        finite = torch.isfinite(logit)
        inside = self._undistorted_logit(torch.where(finite, logit, torch.zeros_like(logit)))
        return torch.where(finite, torch.sigmoid(inside - math.log(self.weight)), p.double()).to(p.dtype)

    def prepare(self, event: Tensor) -> Self:  # noqa: ARG002 - nothing must be known
        """Return the loss as it is."""
        return self

    def state(self) -> dict[str, Any]:
        """Return `focusing` and `weight`."""
        return {"focusing": self.focusing, "weight": self.weight}

    def restored(self, state: Mapping[str, Any]) -> Self:
        """Return the loss with the numbers that `state` gave."""
        return replace(self, focusing=float(state["focusing"]), weight=float(state["weight"]))

    def _undistorted_logit(self, logit: Tensor) -> Tensor:
        """Return log a(1 - p) - log a(p), the logit of q times the weight's odds."""
        return self._log_slope(-logit) - self._log_slope(logit)

    def _log_slope(self, logit: Tensor) -> Tensor:
        """Return log a(p) = g log(1 - p) + log(1 / p + g (-log p) / (1 - p))."""
        log_p, log_missed = logsigmoid(logit), logsigmoid(-logit)
        first = -log_p
        if self.focusing > 0:
            second = math.log(self.focusing) + softplus(-logit).log() - log_missed
            first = torch.logaddexp(first, second)
        return self.focusing * log_missed + first
