"""One head, trained with Tweedie deviance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from torch import Tensor

from steelyard.errors import InputError
from steelyard.rare_events.likelihoods.tweedie import (
    discretised_tweedie,
    tweedie_deviance,
    tweedie_dispersion,
)
from steelyard.rare_events.objectives._base import LOG_MEAN, LossPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Tweedie:
    """One head trained with half the Tweedie deviance at one power, minus a quasi-log-likelihood whatever the dispersion.

    The deviance says only a mean. As for squared error, the forecast stands for the distribution whose loss that is: compound
    Poisson-gamma amounts of that mean, with the dispersion found likeliest on steps it wasn't trained on, rounded to whole numbers
    (below 1/2: zero).

    When it is wrong: counts aren't amounts. Tweedie has amounts below 1/2 that a count doesn't, and its power is given, not
    learned; a forecast's mean is not exactly exp(output) after rounding.

    Args:
        power: p of variance = dispersion x mean^p, in (1, 2).
        dispersion: positive.

    Raises:
        InputError: numbers out of range.
    """

    power: float = 1.5
    dispersion: float = 1.0

    def __post_init__(self) -> None:
        if not (1 < self.power < 2 and 0 < self.dispersion < float("inf")):
            raise InputError(
                f"`power` must lie in (1, 2) and `dispersion` be positive, but got {self.power} and {self.dispersion}"
            )

    @property
    def heads(self) -> tuple[int, ...]:
        """Return 1 output, the log mean."""
        return (1,)

    @property
    def parts(self) -> tuple[LossPart, ...]:
        """Return the one part."""
        return ("count",)

    def losses(self, outputs: Tensor, y: Tensor) -> dict[str, Tensor]:
        """Return half the unit deviance of each step."""
        log_mean = outputs[..., 0].clamp(*LOG_MEAN)
        return {"count": tweedie_deviance(y, log_mean=log_mean, power=self.power) / 2}

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return the compound distribution's mass around each count."""
        log_mean = outputs[..., 0].clamp(*LOG_MEAN)
        return discretised_tweedie(most=most, log_mean=log_mean, power=self.power, dispersion=self.dispersion)

    def start(self, y: Tensor) -> Tensor:
        """Return the log mean."""
        return y.mean().log()[None]

    def prepare(self, y: Tensor) -> Self:  # noqa: ARG002 - nothing must be known
        """Return the objective as it is."""
        return self

    def settle(self, outputs: Tensor, y: Tensor) -> Self:
        """Return the objective with the dispersion, within 0.05 to 100, under which the counts are most likely as read."""
        found = tweedie_dispersion(y, log_mean=outputs[..., 0].clamp(*LOG_MEAN), power=self.power)
        return replace(self, dispersion=found)

    def state(self) -> dict[str, Any]:
        """Return power and dispersion."""
        return {"power": self.power, "dispersion": self.dispersion}

    def restored(self, state: Mapping[str, Any]) -> Self:
        """Return the objective with the numbers that `state` gave."""
        return replace(self, power=float(state["power"]), dispersion=float(state["dispersion"]))
