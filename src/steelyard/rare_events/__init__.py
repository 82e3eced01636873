"""Will it happen, and how strong: probabilistic forecasts of series that are mostly zero."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard.rare_events.baselines.boosting import HurdleBoosting
    from steelyard.rare_events.baselines.climatology import Climatology
    from steelyard.rare_events.baselines.croston import Croston, CrostonSBA
    from steelyard.rare_events.baselines.logistic import LaggedLogistic
    from steelyard.rare_events.baselines.markov import Markov
    from steelyard.rare_events.baselines.tsb import TSB
    from steelyard.rare_events.conformal import ConformalIntervals
    from steelyard.rare_events.dropout import DropoutIntervals
    from steelyard.rare_events.forecast import Forecast
    from steelyard.rare_events.forecaster import RareEventForecaster
    from steelyard.rare_events.scenarios import Scenarios, draw_scenarios
    from steelyard.rare_events.simulation import Simulation, simulate
    from steelyard.rare_events.totals import Totals

__all__ = [
    "TSB",
    "Climatology",
    "ConformalIntervals",
    "Croston",
    "CrostonSBA",
    "DropoutIntervals",
    "Forecast",
    "HurdleBoosting",
    "LaggedLogistic",
    "Markov",
    "RareEventForecaster",
    "Scenarios",
    "Simulation",
    "Totals",
    "draw_scenarios",
    "simulate",
]

_HOMES = {
    "TSB": "baselines.tsb",
    "Climatology": "baselines.climatology",
    "ConformalIntervals": "conformal",
    "Croston": "baselines.croston",
    "CrostonSBA": "baselines.croston",
    "DropoutIntervals": "dropout",
    "Forecast": "forecast",
    "HurdleBoosting": "baselines.boosting",
    "LaggedLogistic": "baselines.logistic",
    "Markov": "baselines.markov",
    "RareEventForecaster": "forecaster",
    "Scenarios": "scenarios",
    "Simulation": "simulation",
    "Totals": "totals",
    "draw_scenarios": "scenarios",
    "simulate": "simulation",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that the catalogue of questions loads no torch."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
