"""The contract of a forecaster: fitted on history, asked for distributions of the next steps."""

from __future__ import annotations

from typing import Any, Protocol, Self

from steelyard.rare_events.forecast import Forecast


class Forecaster(Protocol):
    """What baselines and models have in common.

    A forecast made at an origin (a number of known steps) of the step `horizon` ahead may use the counts and past covariates
    before the origin, known covariates and dates of any step, static features, and what was fitted; never a count or a past
    covariate from the origin on. `LaggedLogistic`, `HurdleBoosting` and `RareEventForecaster` use covariates, the others don't look
    at them.

    Attributes:
        horizon: how many steps ahead it forecasts, at least 1; a constructor's argument.

    Raises (all methods):
        InputError: sources that no forecast can be made from; `predict` before `fit`.
    """

    horizon: int

    def fit(self, source: Any) -> Self:
        """Learn from a source (a `CountSeries`, several, or anything `read_series` reads) and return the forecaster."""

    def predict(self, source: Any, *, start: Any = None, every: int = 1) -> Forecast:
        """Return forecasts of 1 to `horizon` steps ahead; series after series, origin after origin, then by horizon.

        Args:
            source: series with their history.
            start: first date (or position) that is forecast one step ahead. Origins run from there to the series' end, and
                targets beyond the end are left out. None: one origin, each series' end, with all its horizons.
            every: use each `every`-th origin only, from the first one.

        Raises:
            InputError: not fitted; a start after a series' end.
        """
