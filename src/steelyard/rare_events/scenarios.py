"""Scenarios: whole futures drawn step by step, so that anything about several steps at once has a distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from steelyard.data.dates import Dates
from steelyard.data.series import CountSeries
from steelyard.errors import InputError
from steelyard.rare_events.coerce import as_series
from steelyard.rare_events.forecaster import RareEventForecaster


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scenarios:
    """Drawn futures of some series.

    Args:
        unique_id: the series' names, shape (series,).
        ds: dates of the drawn steps, one array a series, each shape (steps,).
        counts: what was drawn, shape (series, paths, steps).
    """

    unique_id: tuple[str, ...]
    ds: tuple[Dates, ...]
    counts: NDArray[np.int64]

    @property
    def total(self) -> NDArray[np.int64]:
        """Return each path's count over all steps, shape (series, paths)."""
        totals: NDArray[np.int64] = self.counts.sum(axis=2)
        return totals

    @property
    def expected_total(self) -> NDArray[np.float64]:
        """Return the mean of the paths' totals, shape (series,); its standard error is their spread over the root of their number."""
        return np.asarray(self.total.mean(axis=1), dtype=np.float64)

    @property
    def p_any(self) -> NDArray[np.float64]:
        """Return the share of paths with an event on some step, shape (series,)."""
        return np.asarray((self.total > 0).mean(axis=1), dtype=np.float64)

    def total_quantile(self, share: float) -> NDArray[np.int64]:
        """Return the smallest total that at least a share of the paths doesn't exceed, shape (series,).

        Raises:
            ValueError: a share outside (0, 1).
        """
        if not 0 < share < 1:
            raise ValueError(f"`share` must lie in (0, 1), but got {share}")
        return np.asarray(np.quantile(self.total, share, axis=1, method="inverted_cdf"), dtype=np.int64)


def draw_scenarios(
    model: RareEventForecaster, source: Any, *, steps: int, paths: int = 1000, seed: int
) -> Scenarios:
    """Return futures of each series, drawn one step at a time from the one-step forecast given what was drawn before.

    The steps of a path depend on each other as the model says that tomorrow depends on today, which forecasts of single horizons
    don't tell. Each series is read from at most window + span steps before its end.

    When it is wrong: errors of the one-step forecast add up along a path, so that a path's far steps may differ from what
    `predict` says of their horizon, which was trained for it. Past covariates keep their last value along a path, since nobody has
    observed later ones; known covariates are those of the drawn steps. Counts are drawn from the table 0 .. `most_`.

    Args:
        model: fitted, any horizon.
        source: series with their history.
        steps: how many to draw, at least 1.
        paths: futures a series, at least 1.
        seed: of the draws; a series' draws depend on its place among the series.

    Raises:
        InputError: not fitted, fewer than 1 step or path, covariates that are not there, known ones that end too early.

    Example:
        >>> from steelyard.rare_events import simulate
        >>> series = simulate(steps=600, seed=0).series
        >>> model = RareEventForecaster(window=7, hidden=8, epochs=2).fit(series)
        >>> week = draw_scenarios(model, series, steps=7, paths=50, seed=0)
        >>> week.counts.shape, bool(0 <= week.p_any[0] <= 1)
        ((1, 50, 7), True)
    """
    if not hasattr(model, "model_"):
        raise InputError("the forecaster must be fitted before scenarios are drawn; call `fit` first")
    for name, value in (("steps", steps), ("paths", paths)):
        if value < 1:
            raise InputError(f"`{name}` must be at least 1, but got {value}")
    series = as_series(source)
    streams = np.random.default_rng(seed).spawn(len(series))
    counts = [
        _draw(model, each, steps=steps, paths=paths, rng=rng)
        for each, rng in zip(series, streams, strict=True)
    ]
    return Scenarios(
        unique_id=tuple(each.unique_id for each in series),
        ds=tuple(each.dates_from(len(each), steps=steps) for each in series),
        counts=np.stack(counts),
    )


def _draw(
    model: RareEventForecaster, series: CountSeries, *, steps: int, paths: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    features, plan = model.features_, model.plan_
    table = features.table(series, ahead=True)[-(plan.window + plan.span) :]
    before = np.tile(features.before_start(series), (plan.window + plan.span - len(table), 1))
    table = np.concatenate([before, table])
    known = features.known(series, rows=len(series) + steps)
    read = np.repeat(table[None], paths, axis=0)
    drawn = np.zeros((paths, steps), dtype=np.int64)
    for step in range(steps):
        pmf = np.exp(_one_step(model, read, known[len(series) + step]))
        uniform = rng.random((paths, 1)) * pmf.sum(axis=1, keepdims=True)
        drawn[:, step] = (np.cumsum(pmf, axis=1) < uniform).sum(axis=1)
        if step + 1 < steps:
            ahead = features.advance(
                read[:, -1], drawn[:, step], steps=len(series) + step, known=known[len(series) + step + 1]
            )
            read = np.concatenate([read[:, -(plan.window + plan.span) + 1 :], ahead[:, None]], axis=1)
    return drawn


def _one_step(
    model: RareEventForecaster, read: NDArray[np.float64], known: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the log pmf of the step after what was read, shape (paths, most + 1)."""
    network = model.model_
    inputs = torch.from_numpy(read).to(network.centre)
    scored = torch.zeros(inputs.shape[:2], dtype=torch.bool, device=inputs.device)
    scored[:, -1] = True
    ahead = torch.from_numpy(known).to(network.centre).expand(len(read), network.architecture.horizon, -1)
    with torch.no_grad():
        return model.read(network(inputs, scored=scored, known=ahead)[:, 0])
