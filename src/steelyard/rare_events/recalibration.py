"""Recalibration: what a forecast is worth once its numbers are only used to rank the steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from steelyard.rare_events.baselines.strength import hurdle_log_pmf, strength_pmf
from steelyard.rare_events.forecast import Forecast
from steelyard.rare_events.logit import fit_logit, probabilities

_Array = NDArray[np.float64]


class Recalibration:
    """Give each step the distribution that steps of its rank had on a part the model was not trained on.

    A step's rank is that of its mean forecast among those of the part kept aside. P(event) is a logistic regression on the
    log odds of the rank (Platt 1999, on ranks instead of scores); strengths are those of past events in the same third of
    the ranks. Any increasing change of the mean forecast leaves the result as it is, so a forecast that ranks steps well but
    says its probabilities badly (squared error does) is scored for its ranking.

    When it is wrong: the part kept aside differs from the steps it is applied to (another base rate, another regime).

    Example:
        >>> from steelyard.rare_events import simulate
        >>> known = simulate(steps=4000, seed=0)
        >>> again = Recalibration().fit(known.oracle, known.series.y).apply(known.oracle)
        >>> bool(abs(again.p_event.mean() - (known.series.y > 0).mean()) < 1e-4)
        True
    """

    def fit(self, forecast: Forecast, y: NDArray[np.int64]) -> Self:
        """Learn from forecasts of steps that the model was not trained on, and what happened on them."""
        self.sorted_means_ = np.sort(forecast.mean)
        ranks = self._rank_logits(forecast)
        events = y > 0
        self.weights_ = fit_logit(np.column_stack([np.ones(len(ranks)), ranks]), events.astype(np.float64))
        self.thirds_ = np.quantile(ranks[events], [1 / 3, 2 / 3]) if events.any() else np.zeros(2)
        third = np.searchsorted(self.thirds_, ranks)
        self.strengths_ = np.stack(
            [strength_pmf(y[events & (third == each)], most=forecast.most) for each in range(3)]
        )
        return self

    def apply(self, forecast: Forecast) -> Forecast:
        """Return the forecast of the same steps with recalibrated distributions."""
        ranks = self._rank_logits(forecast)
        p = probabilities(np.column_stack([np.ones(len(ranks)), ranks]), self.weights_)
        log_pmf = hurdle_log_pmf(p, self.strengths_[np.searchsorted(self.thirds_, ranks)])
        return replace(forecast, log_pmf=log_pmf)

    def _rank_logits(self, forecast: Forecast) -> _Array:
        below = np.searchsorted(self.sorted_means_, forecast.mean, side="left")
        up_to = np.searchsorted(self.sorted_means_, forecast.mean, side="right")
        rank = (below + up_to) / 2
        return np.asarray(np.log((rank + 0.5) / (len(self.sorted_means_) - rank + 0.5)), dtype=np.float64)
