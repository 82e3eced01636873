"""A series whose true forecast is known, so that every score has an oracle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.signal import lfilter

from steelyard.data.series import CountSeries
from steelyard.rare_events.features import cycle_angles
from steelyard.rare_events.forecast import Forecast, most_needed

_Array = NDArray[np.float64]
BEYOND = 28
"""Days after the end for which promotions are known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulation:
    """A simulated series and what was true at each step before its count was drawn.

    Args:
        series: the counts, daily from 2000-01-01.
        oracle: the true distribution of every step's count given the steps before it; no forecast has a better expected log
            score.
    """

    series: CountSeries
    oracle: Forecast

    def oracle_log_score(self, *, start: int = 0) -> float:
        """Return the oracle's mean negative log-likelihood in nats over the steps from row `start` on."""
        return float(-self.oracle.log_likelihood(self.series.y)[start:].mean())


def simulate(
    *,
    steps: int,
    seed: int,
    base_logit: float = -2.2,
    persistence: float = 1.5,
    season: float = 0.8,
    mean_strength: float = 1.0,
    size: float = 2.0,
    promotion: float = 0.0,
    warmth: float = 0.0,
) -> Simulation:
    """Return a daily series from a hurdle process, with its true forecasts.

    logit P(event) = base_logit + persistence * (event yesterday) + persistence / 2 * (event the day before) + season *
    cos(2 pi day of year) + promotion * (promotion today) + warmth * (temperature yesterday); the strength of an event is zero-truncated negative binomial with mean before truncation
    mean_strength * (1 + count yesterday / 4) and size `size`.

    Args:
        steps: days, at least 3.
        seed: of the draws.
        base_logit: log odds of an event after two quiet days, without season.
        persistence: by how much an event yesterday raises the log odds.
        season: height of the yearly wave in the log odds.
        mean_strength: mean of the strength before zeros are cut off, after a quiet day.
        size: the negative binomial's r.
        promotion: by how much a promotion raises the log odds; with it the series has the known covariate `promotion`, 1 on every
            fifth day or so and 0 on the others, up to 28 days after its end.
        warmth: by how much a degree yesterday does; with it the series has the past covariate `temperature`, an autoregression
            (0.7) of variance 1.

    Raises:
        ValueError: fewer than 3 steps.

    Example:
        >>> known = simulate(steps=2000, seed=1)
        >>> round(known.oracle_log_score(), 2), round(float((known.series.y == 0).mean()), 2)
        (0.63, 0.81)
    """
    if steps < 3:
        raise ValueError(f"`steps` must be at least 3, but got {steps}")
    rng = np.random.default_rng(seed)
    ds = np.datetime64("2000-01-01", "us") + np.arange(steps) * np.timedelta64(1, "D")
    wave = season * np.cos(cycle_angles(ds, "year"))
    promoted = (rng.spawn(1)[0].random(steps + BEYOND) < 0.2).astype(np.float64)
    temperature = _autoregression(rng.spawn(1)[0].standard_normal(steps))
    wave += promotion * promoted[:steps]
    wave[1:] += warmth * temperature[:-1]
    y = np.zeros(steps, dtype=np.int64)
    p = np.zeros(steps)
    means = np.zeros(steps)
    uniforms = rng.random((steps, 2))
    for t in range(steps):
        yesterday = int(y[t - 1]) if t >= 1 else 0
        before = int(y[t - 2]) if t >= 2 else 0
        logit = base_logit + persistence * (yesterday > 0) + persistence / 2 * (before > 0) + wave[t]
        p[t] = 1 / (1 + np.exp(-logit))
        means[t] = mean_strength * (1 + yesterday / 4)
        if uniforms[t, 0] < p[t]:
            chance = size / (size + means[t])
            none = chance**size
            y[t] = int(stats.nbinom.ppf(none + uniforms[t, 1] * (1 - none), size, chance))
    most = most_needed(int(y.max()))
    log_pmf = _log_pmf(p, means, size=size, most=most)
    series = CountSeries(
        unique_id="simulated",
        ds=ds,
        y=y,
        step="daily",
        steps_per_year=365.2425,
        known=promoted[:, None] if promotion else None,
        known_names=("promotion",) if promotion else (),
        past=temperature[:, None] if warmth else None,
        past_names=("temperature",) if warmth else (),
    )
    return Simulation(series=series, oracle=Forecast.one_step(log_pmf, unique_id="simulated", ds=ds))


def _autoregression(noise: _Array) -> _Array:
    keep = 0.7
    noise[1:] *= np.sqrt(1 - keep**2)
    return np.asarray(lfilter([1.0], [1.0, -keep], noise), dtype=np.float64)


def _log_pmf(p: _Array, means: _Array, *, size: float, most: int) -> _Array:
    chance = (size / (size + means))[:, None]
    counts = np.arange(1, most)
    some = np.log(p)[:, None] - np.log1p(-(chance**size))
    strengths = some + stats.nbinom.logpmf(counts, size, chance)
    tail = some + stats.nbinom.logsf(most - 1, size, chance)
    return np.concatenate([np.log1p(-p)[:, None], strengths, tail], axis=1)
