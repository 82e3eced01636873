"""The contract of an objective."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any, Literal, Protocol, Self

import torch
from torch import Tensor

Heads = Literal["two", "one", "product"]
Loss = Literal[
    "hurdle-negative-binomial",
    "hurdle-poisson",
    "bce+mse",
    "weighted-hurdle-negative-binomial",
    "focal-hurdle-negative-binomial",
    "mse",
    "poisson",
    "negative-binomial",
    "zero-inflated-poisson",
    "zero-inflated-negative-binomial",
    "tweedie",
    "ordinal",
]
LossPart = Literal["occurrence", "strength", "count"]
"""`occurrence`: whether there is an event; `strength`: how strong it is, given one; `count`: both at once."""
LOG_MEAN = (-12.0, 9.0)
"""Range that logarithms of means are held to."""
LOG_SIZE = (-5.0, 7.0)
"""Range that logarithms of a negative binomial's size are held to."""


class Objective(Protocol):
    """How one arrangement of heads is trained and read; immutable.

    Its life: `prepare` with the counts trained on, then `heads` and `start` make the network, `losses` train it, `settle` on
    steps it wasn't trained on, `log_pmf`. `state` and `restored` carry what `prepare` and `settle` found to disk and back.
    Outputs have shape (..., n), n the sum of `heads`, and counts (...), floating point, for any leading shape.
    """

    @property
    def heads(self) -> tuple[int, ...]:
        """Return the number of outputs of each head.

        Raises:
            InputError: it depends on counts, and `prepare` wasn't called.
        """

    @property
    def parts(self) -> tuple[LossPart, ...]:
        """Return the names of the loss's parts, in the order that `losses` gives them."""

    def losses(self, outputs: Tensor, y: Tensor) -> dict[str, Tensor]:
        """Return each part's loss of each step, every one of shape (...); the training loss is their sum (`total`).

        A part that says nothing about a step is 0 there, so that means are over all steps.
        """

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return log P(count = k) for k = 0 .. most, shape (..., most + 1), nothing gathered in the last column."""

    def start(self, y: Tensor) -> Tensor:
        """Return outputs that fit counts without regard to inputs: the heads' first biases, shape (n,)."""

    def prepare(self, y: Tensor) -> Self:
        """Return the objective with what must be known before training of the counts (categories, a balancing weight)."""

    def settle(self, outputs: Tensor, y: Tensor) -> Self:
        """Return the objective with what can only be known after training (a residual spread, a dispersion)."""

    def state(self) -> dict[str, Any]:
        """Return the objective's numbers, such that JSON can hold them."""

    def restored(self, state: Mapping[str, Any]) -> Self:
        """Return the objective with the numbers that `state` gave.

        Raises:
            InputError: a number out of range.
        """


class Stateless:
    """What an objective needs no code for that must find nothing, neither before nor after training."""

    __slots__ = ()

    def prepare(self, y: Tensor) -> Self:  # noqa: ARG002 - nothing must be known
        """Return the objective as it is."""
        return self

    def settle(self, outputs: Tensor, y: Tensor) -> Self:  # noqa: ARG002 - nothing is left to know
        """Return the objective as it is."""
        return self

    def state(self) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def restored(self, state: Mapping[str, Any]) -> Self:  # noqa: ARG002 - nothing to restore
        """Return the objective as it is."""
        return self


def total(losses: Mapping[str, Tensor]) -> Tensor:
    """Return the sum of a loss's parts, each counting once.

    Example:
        >>> total({"occurrence": torch.tensor([1.0]), "strength": torch.tensor([0.5])}).tolist()
        [1.5]
    """
    return reduce(torch.add, losses.values())


def counts_to(most: int, *, first: int = 0, like: Tensor) -> Tensor:
    """Return first .. most in the dtype and on the device of a tensor."""
    return torch.arange(first, most + 1, dtype=like.dtype, device=like.device)


def base_rate(y: Tensor) -> Tensor:
    """Return the share of steps with an event, a scalar."""
    return (y > 0).to(y.dtype).mean()


def logit_of(share: Tensor) -> Tensor:
    """Return a share's logit, the share held to [1e-4, 1 - 1e-4]."""
    return torch.logit(share, eps=1e-4)
