"""The contract of a forecaster: fitted on history, asked for one-step-ahead distributions."""

from __future__ import annotations

from typing import Any, Protocol, Self

from steelyard.rare_events.forecast import Forecast


class Forecaster(Protocol):
    """What baselines and models have in common.

    A forecast of step t may use the counts before t of the series it is asked about, the date of t, and what was fitted;
    never the count of t or later ones.

    Raises (all methods):
        InputError: sources that no forecast can be made from; `predict` before `fit`.
    """

    def fit(self, source: Any) -> Self:
        """Learn from a source (a `CountSeries`, several, or anything `read_series` reads) and return the forecaster."""

    def predict(self, source: Any, *, start: Any = None) -> Forecast:
        """Return forecasts of the steps from `start` on; of the one step after the end when `start` is None."""
