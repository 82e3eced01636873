"""Two heads whose product is trained."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

from steelyard.rare_events.likelihoods.bernoulli import occurrence
from steelyard.rare_events.objectives._base import LossPart, Stateless
from steelyard.rare_events.objectives.event_and_squared_error import read_strength, start_with_strength


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Stateless):
    """Two heads multiplied: squared error of p x s, with or without the event's cross-entropy, as people propose it.

    The forecast stands for P(event) = p and, given an event, a zero-truncated Poisson whose mean is s: the distribution over
    1, 2, ... with that mean which adds the least of its own. s below 1.001 counts as 1.001 (an event is at least 1).

    When it is wrong: without cross-entropy, p and s are not identified. The loss knows them only by p x s, so (p / c, c s) is
    trained as well as (p, s) for every c, and which one comes out is where training began; p is then no probability. With
    it, p answers to two losses, and is right only where s is too.

    Args:
        cross_entropy: add -log p for an event, -log(1 - p) for none.
    """

    cross_entropy: bool = True

    @property
    def heads(self) -> tuple[int, ...]:
        """Return 1 output for p, 1 for s."""
        return (1, 1)

    @property
    def parts(self) -> tuple[LossPart, ...]:
        """Return the product's part, after the event's where it is trained."""
        return ("occurrence", "count") if self.cross_entropy else ("count",)

    def losses(self, outputs: Tensor, y: Tensor) -> dict[str, Tensor]:
        """Return the squared error of p x s, after the event's cross-entropy where it is trained."""
        product = torch.sigmoid(outputs[..., 0]) * softplus(outputs[..., 1])
        squared = {"count": (product - y) ** 2}
        if not self.cross_entropy:
            return squared
        return {"occurrence": -occurrence(y > 0, logit=outputs[..., 0]), **squared}

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return p times the zero-truncated Poisson of mean s."""
        return read_strength(outputs, most=most)

    def start(self, y: Tensor) -> Tensor:
        """Return the base rate's logit and the mean strength through softplus' inverse."""
        return start_with_strength(y)
