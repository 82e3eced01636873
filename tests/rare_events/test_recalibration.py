from dataclasses import replace

import numpy as np

from steelyard.rare_events.forecast import Forecast
from steelyard.rare_events.recalibration import Recalibration
from steelyard.rare_events.simulation import simulate

KNOWN = simulate(steps=8000, seed=2)
Y = KNOWN.series.y


def distorted(forecast):
    """The same ranking, said badly: every probability of an event is squared."""
    p = forecast.p_event**2
    strength = forecast.pmf[:, 1:] / forecast.p_event[:, None]
    return replace(forecast, log_pmf=np.log(np.column_stack([1 - p, p[:, None] * strength])))


def test_repairs_probabilities_that_only_rank():
    said_badly = distorted(KNOWN.oracle)
    repaired = Recalibration().fit(said_badly, Y).apply(said_badly)
    scores = {
        name: -float(forecast.log_likelihood(Y).mean())
        for name, forecast in (("oracle", KNOWN.oracle), ("badly", said_badly), ("repaired", repaired))
    }
    assert scores["oracle"] < scores["repaired"] < scores["badly"]
    assert scores["repaired"] - scores["oracle"] < 0.2 * (scores["badly"] - scores["oracle"])


def test_depends_on_the_order_of_the_means_alone():
    table = np.log(np.array([[0.9, 0.1], [0.6, 0.4], [0.3, 0.7], [0.1, 0.9]] * 25))
    other = np.log(np.array([[0.99, 0.01], [0.98, 0.02], [0.2, 0.8], [0.01, 0.99]] * 25))
    y = np.array([0, 0, 1, 1] * 24 + [1, 0, 0, 1])
    applied = []
    for log_pmf in (table, other):
        forecast = Forecast.one_step(log_pmf)
        applied.append(Recalibration().fit(forecast, y).apply(forecast).log_pmf)
    np.testing.assert_array_equal(applied[0], applied[1])
