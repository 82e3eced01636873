"""The objectives by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from steelyard.errors import InputError
from steelyard.rare_events.objectives._base import Heads, Loss, Objective
from steelyard.rare_events.objectives.count import Count
from steelyard.rare_events.objectives.event_and_squared_error import EventAndSquaredError
from steelyard.rare_events.objectives.hurdle import Hurdle
from steelyard.rare_events.objectives.ordinal import Ordinal
from steelyard.rare_events.objectives.product import Product
from steelyard.rare_events.objectives.squared_error import SquaredError
from steelyard.rare_events.objectives.tweedie import Tweedie
from steelyard.rare_events.objectives.zero_inflated import ZeroInflated
from steelyard.rare_events.occurrence_losses import Focal, WeightedCrossEntropy

LOSSES: dict[Heads, tuple[Loss, ...]] = {
    "two": (
        "hurdle-negative-binomial",
        "hurdle-poisson",
        "bce+mse",
        "weighted-hurdle-negative-binomial",
        "focal-hurdle-negative-binomial",
    ),
    "one": (
        "mse",
        "poisson",
        "negative-binomial",
        "zero-inflated-poisson",
        "zero-inflated-negative-binomial",
        "tweedie",
        "ordinal",
    ),
    "product": ("bce+mse", "mse"),
}
"""The losses that each arrangement of heads can be trained with; its default first."""


def objective(heads: Heads, loss: Loss | None = None, *, state: Mapping[str, Any] | None = None) -> Objective:
    """Return the objective of an arrangement of heads and a loss (None: the arrangement's default).

    Args:
        heads: `two` (event and strength), `one`, or `product` (event and strength, multiplied in the loss).
        loss: one of `LOSSES[heads]`.
        state: numbers that `Objective.state` gave; None: those it has before it is prepared.

    Raises:
        InputError: unknown heads, a loss that these heads can't be trained with, or numbers that aren't this objective's.

    Example:
        >>> objective("two").heads
        (1, 2)
        >>> objective("one", "mse", state={"residual_sd": 0.5}).state()
        {'residual_sd': 0.5}
    """
    if heads not in LOSSES:
        raise InputError(f"`heads` must be one of {', '.join(LOSSES)}, but got {heads!r}")
    chosen = loss or LOSSES[heads][0]
    if chosen not in LOSSES[heads]:
        raise InputError(
            f"`loss` must be one of {', '.join(LOSSES[heads])} with heads={heads!r}, but got {loss!r}"
        )
    made = _make(heads, chosen)
    if state is None:
        return made
    if set(state) != set(made.state()):
        raise InputError(
            f"`state` of {chosen} must hold {', '.join(made.state()) or 'nothing'}, but holds {', '.join(state) or 'nothing'}"
        )
    return made.restored(state)


def _make(heads: Heads, loss: Loss) -> Objective:  # noqa: PLR0911 - one return an objective
    match loss:
        case "hurdle-negative-binomial" | "hurdle-poisson":
            return Hurdle(dispersed=loss == "hurdle-negative-binomial")
        case "weighted-hurdle-negative-binomial":
            return Hurdle(dispersed=True, event=WeightedCrossEntropy())
        case "focal-hurdle-negative-binomial":
            return Hurdle(dispersed=True, event=Focal())
        case "bce+mse":
            return Product() if heads == "product" else EventAndSquaredError()
        case "mse":
            return Product(cross_entropy=False) if heads == "product" else SquaredError()
        case "negative-binomial" | "poisson":
            return Count(dispersed=loss == "negative-binomial")
        case "zero-inflated-poisson" | "zero-inflated-negative-binomial":
            return ZeroInflated(dispersed=loss == "zero-inflated-negative-binomial")
        case "tweedie":
            return Tweedie()
        case "ordinal":
            return Ordinal()
    assert_never(loss)
