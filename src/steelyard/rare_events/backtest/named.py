"""Forecasters by the names that the command line knows them by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from steelyard.errors import InputError
from steelyard.rare_events.baselines._base import Forecaster
from steelyard.rare_events.baselines.boosting import HurdleBoosting
from steelyard.rare_events.baselines.climatology import Climatology
from steelyard.rare_events.baselines.croston import Croston, CrostonSBA
from steelyard.rare_events.baselines.logistic import LaggedLogistic
from steelyard.rare_events.baselines.markov import Markov
from steelyard.rare_events.baselines.tsb import TSB


def _network(**settings: Any) -> Forecaster:
    from steelyard.rare_events.forecaster import RareEventForecaster  # noqa: PLC0415 - loads torch

    return RareEventForecaster(**settings)


FORECASTERS: Mapping[str, Callable[..., Forecaster]] = {
    "network": _network,
    "logistic": LaggedLogistic,
    "boosting": HurdleBoosting,
    "croston": Croston,
    "sba": CrostonSBA,
    "tsb": TSB,
    "climatology": Climatology,
    "markov": Markov,
}
"""What makes each; called with `horizon`, and the network with its settings too."""


def forecasters_named(
    names: Sequence[str], *, horizon: int, network: Mapping[str, Any] | None = None
) -> dict[str, Forecaster]:
    """Return forecasters by name.

    Args:
        names: of `FORECASTERS`.
        horizon: how many steps ahead they forecast.
        network: further arguments of `RareEventForecaster`.

    Raises:
        InputError: a name that isn't one.

    Example:
        >>> forecasters_named(["tsb"], horizon=7)["tsb"].horizon
        7
    """
    for name in names:
        if name not in FORECASTERS:
            raise InputError(f"a forecaster must be one of {', '.join(FORECASTERS)}, but got {name!r}")
    settings = dict(network or {})
    return {
        name: FORECASTERS[name](horizon=horizon, **(settings if name == "network" else {})) for name in names
    }
