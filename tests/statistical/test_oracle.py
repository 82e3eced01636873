"""The forecaster on series whose truth is known: how close to the best attainable score it comes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from steelyard.rare_events import LaggedLogistic, Markov, RareEventForecaster, simulate
from steelyard.rare_events.scores.distribution import log_scores

pytestmark = pytest.mark.slow

STEPS, TRAINED = 20_000, 16_000


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_hurdle_model_comes_within_two_per_cent_of_the_oracle(seed: int) -> None:
    torch.set_num_threads(1)
    known = simulate(steps=STEPS, seed=seed)
    start = known.series.ds[TRAINED]
    history, y = known.series.before(start), known.series.y[TRAINED:]
    oracle = known.oracle_log_score(start=TRAINED)
    excess = {}
    for name, model in (
        ("hurdle", RareEventForecaster(epochs=12, seed=seed)),
        ("logistic", LaggedLogistic()),
        ("Markov", Markov()),
    ):
        forecast = model.fit(history).predict(known.series, start=start)
        nats = float(np.mean(log_scores(forecast, y)))
        excess[name] = nats / oracle - 1
        print(f"simulation {seed}: {name} {nats:.4f}, oracle {oracle:.4f} nats a day, {excess[name]:+.2%}")
    assert excess["hurdle"] < 0.02
    assert excess["hurdle"] < excess["Markov"]
    assert excess["Markov"] > 0.03, "the margin tells a forecaster that misses the season and the day before"
