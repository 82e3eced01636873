"""Class-weighted binary cross-entropy: events count for more, and become more probable than they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import torch
from torch import Tensor

from steelyard.errors import InputError
from steelyard.rare_events.likelihoods.bernoulli import occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedCrossEntropy:
    """w x -log p for an event, -log(1 - p) for none: torch's `pos_weight`.

    Setting the derivative of w q (-log p) - (1 - q) log(1 - p) to zero gives p = w q / (w q + 1 - q): the odds are multiplied
    by w (Elkan 2001, who chose such weights to move a threshold). Balanced classes, w = (1 - base rate) / base rate, send the base rate to 1/2.

    When it is wrong: whenever p is read as a probability. It ranks steps as cross-entropy does where the network is free to fit;
    for decisions with unequal costs, move the threshold instead.

    Args:
        weight: w, positive; None: balanced, found by `prepare`.

    Raises:
        InputError: a weight that isn't positive.

    Example:
        >>> loss = WeightedCrossEntropy(weight=9.0)
        >>> loss.distorted(torch.tensor(0.1)).item()
        0.5
    """

    weight: float | None = None

    def __post_init__(self) -> None:
        if self.weight is not None and not 0 < self.weight < float("inf"):
            raise InputError(f"`weight` must be positive and finite, but got {self.weight}")

    def losses(self, event: Tensor, *, logit: Tensor) -> Tensor:
        """Return w times -log p for an event, -log(1 - p) for none."""
        plain = -occurrence(event, logit=logit)
        return torch.where(event > 0, self._known_weight * plain, plain)

    def distorted(self, q: Tensor) -> Tensor:
        """Return w q / (w q + 1 - q)."""
        raised = self._known_weight * q
        return raised / (raised + (1 - q))

    def undistorted(self, p: Tensor) -> Tensor:
        """Return p / (p + w (1 - p)), exact."""
        return p / (p + self._known_weight * (1 - p))

    def prepare(self, event: Tensor) -> Self:
        """Return the loss with a weight: the one it has, else the ratio of steps without to steps with an event.

        Raises:
            InputError: no weight given, and only steps with or only steps without an event.
        """
        if self.weight is not None:
            return self
        events = int((event > 0).sum())
        if not 0 < events < event.numel():
            raise InputError(
                f"balancing classes needs steps with and without an event, but {events} of {event.numel()} have one; give a `weight`"
            )
        return replace(self, weight=(event.numel() - events) / events)

    def state(self) -> dict[str, Any]:
        """Return the weight."""
        return {"weight": self.weight}

    def restored(self, state: Mapping[str, Any]) -> Self:
        """Return the loss with the weight that `state` gave."""
        return replace(self, weight=state["weight"])

    @property
    def _known_weight(self) -> float:
        if self.weight is None:
            raise InputError(
                "a balanced `weight` must be found before it is used; call `prepare` with the events first"
            )
        return self.weight
