"""What a network's outputs mean: the loss it is trained with, and the distribution of counts it then stands for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol, Self

import torch
from torch import Tensor
from torch.nn.functional import softplus

from steelyard.errors import InputError
from steelyard.rare_events import likelihood

Heads = Literal["two", "one", "product"]
Loss = Literal["hurdle-negative-binomial", "hurdle-poisson", "negative-binomial", "poisson", "mse", "bce+mse"]
LOSSES: dict[Heads, tuple[Loss, ...]] = {
    "two": ("hurdle-negative-binomial", "hurdle-poisson"),
    "one": ("mse", "poisson", "negative-binomial"),
    "product": ("bce+mse",),
}
"""The losses that each arrangement of heads can be trained with; its default first."""
_LOG_MEAN = (-12.0, 9.0)
_LOG_SIZE = (-5.0, 7.0)


class Objective(Protocol):
    """How one arrangement of heads is trained and read."""

    @property
    def heads(self) -> tuple[int, ...]:
        """Return the number of outputs of each head."""

    def loss(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the training loss of each step, shape (steps,), from outputs (steps, sum of heads) and counts (steps,)."""

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return log P(count = k) for k = 0 .. most, shape (steps, most + 1), nothing gathered in the last column."""

    def start(self, y: Tensor) -> Tensor:
        """Return outputs that fit counts without regard to inputs: the heads' first biases, shape (sum of heads,)."""

    def settle(self, outputs: Tensor, y: Tensor) -> Self:
        """Return the objective with what can only be known after training (a residual spread)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hurdle:
    """Two heads: Bernoulli for the event, zero-truncated counts for its strength (Mullahy 1986).

    Averaged over all steps the loss is exactly the negative log-likelihood a step, nothing weighted by hand.
    """

    dispersed: bool

    @property
    def heads(self) -> tuple[int, ...]:
        """Return 1 output for the event, and 1 (log mean) or 2 (with log size) for the strength."""
        return (1, 2 if self.dispersed else 1)

    def _strength(self, outputs: Tensor, y: Tensor) -> Tensor:
        log_mean = outputs[..., 1].clamp(*_LOG_MEAN)
        if self.dispersed:
            log_size = outputs[..., 2].clamp(*_LOG_SIZE)
            return likelihood.zero_truncated_negative_binomial(y, log_mean=log_mean, log_size=log_size)
        return likelihood.zero_truncated_poisson(y, log_mean=log_mean)

    def loss(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the negative log-likelihood of each step."""
        event = y > 0
        strength = self._strength(outputs, y.clamp(min=1))
        return -likelihood.occurrence(event, logit=outputs[..., 0]) - torch.where(event, strength, 0.0)

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return the hurdle's distribution."""
        counts = _counts(1, most, outputs)
        none = likelihood.occurrence(torch.zeros_like(outputs[..., 0]), logit=outputs[..., 0])
        some = likelihood.occurrence(torch.ones_like(outputs[..., 0]), logit=outputs[..., 0])
        strengths = self._strength(outputs[..., None, :], counts)
        return torch.cat([none[..., None], some[..., None] + strengths], dim=-1)

    def start(self, y: Tensor) -> Tensor:
        """Return the base rate's logit and the log mean strength."""
        strength = y[y > 0].mean()
        return torch.stack(
            [_logit((y > 0).to(y.dtype).mean()), strength.log(), torch.zeros_like(strength)][
                : sum(self.heads)
            ]
        )

    def settle(self, outputs: Tensor, y: Tensor) -> Self:  # noqa: ARG002 - nothing is left to know
        """Return the objective as it is."""
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One head: all counts, zeros among them, from one Poisson or negative binomial distribution."""

    dispersed: bool

    @property
    def heads(self) -> tuple[int, ...]:
        """Return 1 output (log mean) or 2 (with log size)."""
        return (2 if self.dispersed else 1,)

    def _log_likelihood(self, outputs: Tensor, y: Tensor) -> Tensor:
        log_mean = outputs[..., 0].clamp(*_LOG_MEAN)
        if self.dispersed:
            return likelihood.negative_binomial(
                y, log_mean=log_mean, log_size=outputs[..., 1].clamp(*_LOG_SIZE)
            )
        return likelihood.poisson(y, log_mean=log_mean)

    def loss(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the negative log-likelihood of each step."""
        return -self._log_likelihood(outputs, y)

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return the distribution."""
        return self._log_likelihood(outputs[..., None, :], _counts(0, most, outputs))

    def start(self, y: Tensor) -> Tensor:
        """Return the log mean (and a size of 1)."""
        log_mean = y.mean().log()
        return torch.stack([log_mean, torch.zeros_like(log_mean)][: sum(self.heads)])

    def settle(self, outputs: Tensor, y: Tensor) -> Self:  # noqa: ARG002 - nothing is left to know
        """Return the objective as it is."""
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class SquaredError:
    """One head trained with squared error only.

    Squared error is the log-likelihood of a normal distribution with one spread, so that is what the forecast stands for:
    its mean, the residual spread found on steps it wasn't trained on, and the mass around each count (below 1/2: zero).
    """

    residual_sd: float = 1.0

    @property
    def heads(self) -> tuple[int, ...]:
        """Return 1 output, the mean."""
        return (1,)

    def loss(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the squared error of each step."""
        return (outputs[..., 0] - y) ** 2

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return the normal distribution's mass around each count."""
        counts = _counts(0, most, outputs)
        return likelihood.discretised_normal(counts, mean=outputs[..., :1], sd=self.residual_sd)

    def start(self, y: Tensor) -> Tensor:
        """Return the mean."""
        return y.mean()[None]

    def settle(self, outputs: Tensor, y: Tensor) -> Self:
        """Return the objective with the root mean squared error as the spread."""
        return replace(self, residual_sd=max(float(self.loss(outputs, y).mean().sqrt()), 1e-3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Two heads multiplied: loss = BCE(p) + squared error of p x s, as people propose it.

    The forecast stands for P(event) = p and, given an event, a zero-truncated Poisson whose mean is s: the distribution over
    1, 2, ... with that mean which adds the least of its own. s below 1.001 counts as 1.001 (an event is at least 1).
    """

    @property
    def heads(self) -> tuple[int, ...]:
        """Return 1 output for p, 1 for s."""
        return (1, 1)

    def loss(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the sum of both losses of each step, equally weighted."""
        product = torch.sigmoid(outputs[..., 0]) * softplus(outputs[..., 1])
        return (product - y) ** 2 - likelihood.occurrence(y > 0, logit=outputs[..., 0])

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return p times the zero-truncated Poisson of mean s."""
        none = likelihood.occurrence(torch.zeros_like(outputs[..., 0]), logit=outputs[..., 0])
        some = likelihood.occurrence(torch.ones_like(outputs[..., 0]), logit=outputs[..., 0])
        log_mean = zero_truncated_poisson_log_mean(softplus(outputs[..., 1]).clamp(min=1.001))
        strengths = likelihood.zero_truncated_poisson(_counts(1, most, outputs), log_mean=log_mean[..., None])
        return torch.cat([none[..., None], some[..., None] + strengths], dim=-1)

    def start(self, y: Tensor) -> Tensor:
        """Return the base rate's logit and the mean strength through softplus' inverse."""
        return torch.stack([_logit((y > 0).to(y.dtype).mean()), y[y > 0].mean().expm1().clamp(max=1e8).log()])

    def settle(self, outputs: Tensor, y: Tensor) -> Self:  # noqa: ARG002 - nothing is left to know
        """Return the objective as it is."""
        return self


def objective(heads: Heads, loss: Loss | None = None) -> Objective:
    """Return the objective of an arrangement of heads and a loss (None: the arrangement's default).

    Raises:
        InputError: unknown heads, or a loss that these heads can't be trained with.

    Example:
        >>> objective("two").heads
        (1, 2)
    """
    if heads not in LOSSES:
        raise InputError(f"`heads` must be one of {', '.join(LOSSES)}, but got {heads!r}")
    chosen = loss or LOSSES[heads][0]
    if chosen not in LOSSES[heads]:
        raise InputError(
            f"`loss` must be one of {', '.join(LOSSES[heads])} with heads={heads!r}, but got {loss!r}"
        )
    match chosen:
        case "hurdle-negative-binomial" | "hurdle-poisson":
            return Hurdle(dispersed=chosen == "hurdle-negative-binomial")
        case "negative-binomial" | "poisson":
            return Count(dispersed=chosen == "negative-binomial")
        case "mse":
            return SquaredError()
        case "bce+mse":
            return Product()


def zero_truncated_poisson_log_mean(mean: Tensor, *, iterations: int = 30) -> Tensor:
    """Return the log of the lambda with lambda / (1 - exp(-lambda)) = mean, for means above 1, by Newton's method.

    Example:
        >>> zero_truncated_poisson_log_mean(torch.tensor([1 / (1 - torch.exp(torch.tensor(-1.0)))])).abs().item() < 1e-5
        True
    """
    wanted = mean.double()
    rate = torch.where(wanted < 2, 2 * (wanted - 1), wanted)
    for _ in range(iterations):
        hit = -torch.expm1(-rate)
        value = rate / hit - wanted
        slope = (hit - rate * torch.exp(-rate)) / hit**2
        rate = (rate - value / slope).clamp(min=1e-9)
    return rate.log().to(mean.dtype)


def _counts(first: int, most: int, like: Tensor) -> Tensor:
    return torch.arange(first, most + 1, dtype=like.dtype, device=like.device)


def _logit(share: Tensor) -> Tensor:
    return torch.logit(share, eps=1e-4)
