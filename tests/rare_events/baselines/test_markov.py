"""Markov's one step is a frequency, and its further steps are those of the chain."""

from itertools import product

import numpy as np
import pytest

from steelyard.rare_events import Markov, simulate

SERIES = simulate(steps=4000, seed=0).series


def test_one_step_is_the_frequency_of_what_followed():
    y = SERIES.y
    after_quiet = (y[1:][y[:-1] == 0] > 0).mean()
    assert Markov().fit(SERIES).p_event_[0] == pytest.approx(after_quiet, abs=1e-3)


def test_further_steps_are_the_sum_over_all_paths():
    model = Markov(horizon=4).fit(SERIES)
    forecast = model.predict(SERIES, start=SERIES.ds[3900])
    one = np.column_stack([1 - model.p_event_, model.p_event_[:, None] * model.strength_.pmf])
    states = model.strength_.classes(np.arange(one.shape[1]))
    between = np.stack([one[:, states == each].sum(axis=1) for each in range(3)], axis=1)
    for row in range(20):
        at = int(model.strength_.classes(SERIES.y[forecast.origin[row] - 1 :][:1])[0])
        expected = np.zeros(one.shape[1])
        for path in product(range(3), repeat=int(forecast.horizon[row]) - 1):
            steps = zip((at, *path), path, strict=False)
            expected += np.prod([between[a, b] for a, b in steps]) * one[(at, *path)[-1]]
        np.testing.assert_allclose(forecast.pmf[row], expected, atol=1e-8)


def test_far_ahead_it_forgets_today():
    model = Markov(horizon=40).fit(SERIES)
    far = model.predict(SERIES, start=SERIES.ds[3900])
    assert np.ptp(far[far.horizon == 40].p_event) < 1e-3
    assert far[far.horizon == 40].p_event[0] == pytest.approx((SERIES.y > 0).mean(), abs=0.02)
