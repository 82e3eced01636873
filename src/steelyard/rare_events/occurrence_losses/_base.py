"""The contract of a loss for events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

from torch import Tensor


class OccurrenceLoss(Protocol):
    """A loss of a logit for an event that happened or didn't; immutable.

    Where events happen with probability q, the expected loss is least at p = `distorted(q)`. A loss is proper (Gneiting and
    Raftery 2007) if and only if that is q: any other loss trains probabilities that are wrong, by exactly this much where the
    network is free to fit them, and `undistorted` takes it back.
    """

    def losses(self, event: Tensor, *, logit: Tensor) -> Tensor:
        """Return the loss of each step, never negative; `event` is 1 (or any positive number, or True) or 0."""

    def distorted(self, q: Tensor) -> Tensor:
        """Return the p that minimises the expected loss where events have probability q, elementwise, in [0, 1]."""

    def undistorted(self, p: Tensor) -> Tensor:
        """Return the q with `distorted(q)` = p, elementwise, in [0, 1]."""

    def prepare(self, event: Tensor) -> Self:
        """Return the loss with what it must know of the events it is trained on (a balancing weight)."""

    def state(self) -> dict[str, Any]:
        """Return its numbers, such that JSON can hold them."""

    def restored(self, state: Mapping[str, Any]) -> Self:
        """Return the loss with the numbers that `state` gave."""
