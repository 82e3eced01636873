"""Markov: what followed, in the past, on a day like the last one known."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.rare_events.asking import Asked, forecast_each
from steelyard.rare_events.baselines.strength import StrengthByYesterday, hurdle_log_pmf
from steelyard.rare_events.coerce import as_series, check_history
from steelyard.rare_events.forecast import Forecast, most_needed


class Markov:
    """Forecast what followed a quiet day, a weaker event or a stronger one (split at the median strength).

    Several steps ahead it is the chain's own answer: the three states' probabilities, one step earlier, times what follows each.

    Args:
        horizon: how many steps ahead it forecasts.

    Attributes:
        p_event_: P(event) after each of the three, shape (3,).
        transition_: P(state tomorrow | state today), shape (3, 3), rows sum to 1.

    Example:
        >>> from steelyard.rare_events import simulate
        >>> known = simulate(steps=3000, seed=0)
        >>> model = Markov().fit(known.series)
        >>> bool(model.p_event_[0] < model.p_event_[1])
        True
    """

    def __init__(self, *, horizon: int = 1) -> None:
        self.horizon = horizon

    def fit(self, source: Any) -> Self:
        """Learn what followed what from history."""
        series = as_series(source)
        check_history(series, horizon=self.horizon)
        today = np.concatenate([each.y[1:] for each in series])
        yesterday = np.concatenate([each.y[:-1] for each in series])
        self.most_ = most_needed(int(max(each.y.max() for each in series)))
        self.strength_ = StrengthByYesterday(yesterday, today, most=self.most_)
        classes = self.strength_.classes(yesterday)
        overall = (today > 0).mean()
        followed = [today[classes == each] > 0 for each in range(3)]
        self.p_event_ = np.array([(hits.sum() + overall) / (len(hits) + 1) for hits in followed])
        states = self.strength_.classes(np.arange(1, self.most_ + 1))
        weak = self.strength_.pmf[:, states == 1].sum(axis=1)
        self.transition_ = np.column_stack(
            [1 - self.p_event_, self.p_event_ * weak, self.p_event_ * (1 - weak)]
        )
        return self

    def predict(self, source: Any, *, start: Any = None, every: int = 1) -> Forecast:
        """Return forecasts from the origins from `start` on; from the end of each series when `start` is None."""
        if not hasattr(self, "p_event_"):
            raise InputError("the forecaster must be fitted before it predicts; call `fit` first")
        return forecast_each(source, start=start, horizon=self.horizon, every=every, log_pmf=self._log_pmf)

    def _log_pmf(self, asked: Asked) -> NDArray[np.float64]:
        states = self.strength_.classes(asked.counts())
        p, strength = np.zeros(len(states)), np.zeros((len(states), self.most_))
        earlier = np.eye(3)  # P(state one step before the target | state at the origin)
        for ahead in range(1, self.horizon + 1):
            rows = asked.horizon == ahead
            events = earlier @ self.p_event_
            p[rows] = events[states[rows]]
            mixed = (earlier * self.p_event_) @ self.strength_.pmf / events[:, None]
            strength[rows] = mixed[states[rows]]
            earlier = earlier @ self.transition_
        return hurdle_log_pmf(p, strength)
