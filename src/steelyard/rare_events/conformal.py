"""Conformal intervals: bounds that hold as often as they say on steps like those they were calibrated on."""

from __future__ import annotations

from math import ceil, floor
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.rare_events.forecast import Forecast

_Array = NDArray[np.float64]


class Bounds(NamedTuple):
    """A lower and an upper count for each forecast, both shape (steps,); the interval holds both ends."""

    lower: NDArray[np.int64]
    upper: NDArray[np.int64]


class ConformalIntervals:
    """Widen or narrow a forecast's own quantiles until they hold on a part kept aside.

    Split conformal prediction on the forecast's distribution function (Vovk, Gammerman and Shafer 2005, section 2.2;
    Chernozhukov, Wuethrich and Zhu 2021), each horizon by itself. The score of a step is F(y - 1) for the upper end and F(y) for the
    lower one, so that bounds are whole counts and hold at least as often as said, whatever the forecast is worth.

    When it is wrong: the guarantee needs steps whose order tells nothing (exchangeable). A series that drifts, or a part aside from
    another regime, breaks it; and it holds on average over all steps, not on quiet and stormy ones each.

    Args:
        coverage: share of steps that the interval must hold, in (0, 1).
        side: `upper` (from 0 to the bound) or `both` (half of the misses on each side).

    Attributes:
        levels_: for each horizon, the levels of the forecast's distribution function that the ends are read at.

    Example:
        >>> from steelyard.rare_events import simulate
        >>> known = simulate(steps=4000, seed=0)
        >>> aside, later = known.oracle[:2000], known.oracle[2000:]
        >>> bounds = ConformalIntervals(coverage=0.9).fit(aside, known.series.y[:2000]).predict(later)
        >>> bool((known.series.y[2000:] <= bounds.upper).mean() >= 0.88)
        True
    """

    def __init__(self, *, coverage: float = 0.9, side: str = "upper") -> None:
        if not 0 < coverage < 1:
            raise InputError(f"`coverage` must lie in (0, 1), but got {coverage}")
        if side not in ("upper", "both"):
            raise InputError(f"`side` must be upper or both, but got {side!r}")
        self.coverage = coverage
        self.side = side

    def fit(self, forecast: Forecast, y: NDArray[np.int64]) -> Self:
        """Learn from forecasts of steps that the model was not trained on, and what happened on them.

        Raises:
            InputError: as many counts as forecasts are needed.
        """
        if len(y) != len(forecast):
            raise InputError(f"there must be a count for each of {len(forecast)} forecasts, but got {len(y)}")
        misses = (1 - self.coverage) / (2 if self.side == "both" else 1)
        self.levels_: dict[int, tuple[float, float]] = {}
        for ahead in np.unique(forecast.horizon).tolist():
            rows = forecast.horizon == ahead
            up_to, below = _distribution(forecast[rows], y[rows])
            lower = _smallest(up_to, floor((len(up_to) + 1) * misses)) if self.side == "both" else 0.0
            self.levels_[ahead] = (lower, _smallest(below, ceil((len(below) + 1) * (1 - misses))))
        return self

    def predict(self, forecast: Forecast) -> Bounds:
        """Return the bounds of each forecast; `most` where no bound can be promised from so few steps.

        Raises:
            InputError: not fitted, or a horizon that it wasn't fitted on.
        """
        if not hasattr(self, "levels_"):
            raise InputError("the intervals must be fitted before they predict; call `fit` first")
        unknown = sorted(set(np.unique(forecast.horizon).tolist()) - set(self.levels_))
        if unknown:
            raise InputError(
                f"the intervals must be fitted on every horizon, but have none of horizon {unknown[0]}; fit them on forecasts that "
                "reach as far"
            )
        levels = np.array([self.levels_[ahead] for ahead in forecast.horizon.tolist()])
        up_to = np.cumsum(forecast.pmf, axis=1)
        lower = (up_to < levels[:, :1] - 1e-12).sum(axis=1)
        below = np.concatenate([np.zeros((len(up_to), 1)), up_to[:, :-1]], axis=1)
        upper = (below <= levels[:, 1:] + 1e-12).sum(axis=1) - 1
        return Bounds(lower=lower.clip(max=forecast.most), upper=upper)


def _distribution(forecast: Forecast, y: NDArray[np.int64]) -> tuple[_Array, _Array]:
    """Return P(count <= y) and P(count < y) of each step."""
    steps = np.arange(len(forecast))
    up_to = np.cumsum(forecast.pmf, axis=1)
    at = np.minimum(y, forecast.most)
    return up_to[steps, at], np.where(at > 0, up_to[steps, np.maximum(at - 1, 0)], 0.0)


def _smallest(scores: _Array, rank: int) -> float:
    """Return the rank-th smallest score, from 1; 0 below the first and infinity beyond the last."""
    if rank < 1:
        return 0.0
    return float(np.sort(scores)[rank - 1]) if rank <= len(scores) else float("inf")
