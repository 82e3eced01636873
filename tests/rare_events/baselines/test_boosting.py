"""Hurdle boosting learns what no linear model can, and chooses its trees on later steps."""

import numpy as np
import pytest

from steelyard.data import read_series
from steelyard.errors import InputError
from steelyard.rare_events import HurdleBoosting, LaggedLogistic
from steelyard.rare_events.scores.occurrence import occurrence_log_scores


def exclusive_or(steps):
    """Counts whose event depends on whether exactly one of the last two steps had one: nothing linear sees it."""
    rng = np.random.default_rng(0)
    y = np.zeros(steps, dtype=int)
    for t in range(2, steps):
        p = 0.8 if (y[t - 1] > 0) != (y[t - 2] > 0) else 0.3
        y[t] = rng.integers(1, 4) if rng.random() < p else 0
    return y


def test_it_learns_an_interaction():
    y = exclusive_or(3000)
    (series,) = read_series(y)
    history = series.before(2400)
    nats = {}
    for model in (HurdleBoosting, LaggedLogistic):
        p = model(lags=4).fit(history).predict(series, start=2400).p_event
        nats[model] = occurrence_log_scores(p, y[2400:] > 0).mean()
    assert nats[HurdleBoosting] < nats[LaggedLogistic] - 0.05


def test_noise_gets_few_trees():
    noise = np.random.default_rng(0).poisson(0.2, size=2000)
    assert max(HurdleBoosting().fit(noise).trees_) < 60


def test_too_few_events_are_refused():
    with pytest.raises(InputError, match="at least 10 steps with an event"):
        HurdleBoosting().fit([0, 0, 0, 0, 1] * 12)
