"""One head, trained with squared error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from torch import Tensor

from steelyard.errors import InputError
from steelyard.rare_events.likelihoods.normal import discretised_normal
from steelyard.rare_events.objectives._base import LossPart, counts_to


@dataclass(frozen=True, slots=True, kw_only=True)
class SquaredError:
    """One head trained with squared error only.

    Squared error is the log-likelihood of a normal distribution with one spread, so that is what the forecast stands for:
    its mean, the residual spread found on steps it wasn't trained on, and the mass around each count (below 1/2: zero).

    Args:
        residual_sd: the spread, positive.

    Raises:
        InputError: a spread that isn't positive.
    """

    residual_sd: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.residual_sd < float("inf"):
            raise InputError(f"`residual_sd` must be positive and finite, but got {self.residual_sd}")

    @property
    def heads(self) -> tuple[int, ...]:
        """Return 1 output, the mean."""
        return (1,)

    @property
    def parts(self) -> tuple[LossPart, ...]:
        """Return the one part."""
        return ("count",)

    def losses(self, outputs: Tensor, y: Tensor) -> dict[str, Tensor]:
        """Return the squared error of each step."""
        return {"count": (outputs[..., 0] - y) ** 2}

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return the normal distribution's mass around each count."""
        counts = counts_to(most, like=outputs)
        return discretised_normal(counts, mean=outputs[..., :1], sd=self.residual_sd)

    def start(self, y: Tensor) -> Tensor:
        """Return the mean."""
        return y.mean()[None]

    def prepare(self, y: Tensor) -> Self:  # noqa: ARG002 - nothing must be known
        """Return the objective as it is."""
        return self

    def settle(self, outputs: Tensor, y: Tensor) -> Self:
        """Return the objective with the root mean squared error (at least 0.001) as the spread."""
        squared = self.losses(outputs, y)["count"]
        return replace(self, residual_sd=max(float(squared.mean().sqrt()), 1e-3))

    def state(self) -> dict[str, Any]:
        """Return the spread."""
        return {"residual_sd": self.residual_sd}

    def restored(self, state: Mapping[str, Any]) -> Self:
        """Return the objective with the spread that `state` gave."""
        return replace(self, residual_sd=float(state["residual_sd"]))
