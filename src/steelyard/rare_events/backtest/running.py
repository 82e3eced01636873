"""The backtest itself: fold after fold, every forecaster trained on what was known and asked what comes."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from steelyard.data.series import CountSeries
from steelyard.errors import InputError
from steelyard.rare_events.asking import outcomes
from steelyard.rare_events.backtest.folds import Fold, folds_of
from steelyard.rare_events.backtest.keeping import fold_key, read_fold, training_folder, write_fold
from steelyard.rare_events.backtest.result import Backtest, FoldForecasts
from steelyard.rare_events.baselines._base import Forecaster
from steelyard.rare_events.baselines.climatology import Climatology
from steelyard.rare_events.baselines.markov import Markov
from steelyard.rare_events.coerce import as_series, check_counts
from steelyard.rare_events.forecast import Forecast
from steelyard.study.threads import limited_threads

REFERENCES = ("climatology", "markov")
"""Forecasters that every backtest has, for the skill of the others."""
_BLIND_RTOL = 1e-3


class Progress(Protocol):
    """What a backtest tells while it runs."""

    def expect(self, fits: int) -> None:
        """Say how many trainings and their forecasts there are in all."""

    def began(self, forecaster: str, fold: int) -> None:
        """Say what is being fitted."""

    def epoch(self, epoch: int) -> None:
        """Say that a network ended an epoch."""

    def ended(self, *, reused: bool) -> None:
        """Say that a fold is there, run or found."""


class Silent:
    """No progress."""

    def expect(self, fits: int) -> None:
        """Ignore it."""

    def began(self, forecaster: str, fold: int) -> None:
        """Ignore it."""

    def epoch(self, epoch: int) -> None:
        """Ignore it."""

    def ended(self, *, reused: bool) -> None:
        """Ignore it."""


def backtest(
    source: Any,
    forecasters: Mapping[str, Forecaster],
    *,
    horizon: int = 1,
    start: Any = None,
    every: int = 1,
    folds: int | None = None,
    refit_every: int | None = None,
    window: int | None = None,
    folder: str | Path | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """Return what forecasters would have said at every origin, trained on nothing but what was known, and what happened.

    Climatology and Markov (`climatology`, `markov`) are added where they aren't among the forecasters, since a score means nothing
    without them. Everything is computed on one thread, so that a seed gives the same bits on any machine load; a training is given a
    copy of the forecaster, and the one that was handed over stays as it is. Each fold's first forecast is asked for twice, the second
    time with other counts after the origin: a forecaster whose answer changes has looked ahead, and is refused.

    Args:
        source: a `CountSeries`, several, or anything `read_series` reads.
        forecasters: by name; anything with `horizon`, `fit` and `predict` as `Forecaster` says. Their `horizon` must be `horizon`.
        horizon: how many steps ahead they forecast.
        start: date (or position) of the first origin; None: where the last fifth of the dates begins.
        every: distance of the origins, in dates.
        folds: how many trainings; 1 unless `refit_every` says otherwise.
        refit_every: origins from one training to the next.
        window: dates that a training goes back (sliding); None: all there are (expanding).
        folder: where finished folds are kept, and trainings that weren't; the same call goes on from there with the same bits.
        progress: is told what goes on.

    Raises:
        InputError: what `folds_of` refuses, a horizon of a forecaster that is another, a forecaster that can't be trained on a fold (it
            says which), that looks ahead, or that answers something else than it was asked.

    Example:
        >>> from steelyard.rare_events import LaggedLogistic, simulate
        >>> known = simulate(steps=1000, seed=0)
        >>> result = backtest(known.series, {"logistic": LaggedLogistic(horizon=2)}, horizon=2, start="2002-03-01", folds=2)
        >>> list(result.forecasters), [len(each.y) for each in result.folds]
        (['logistic', 'climatology', 'markov'], [210, 209])
    """
    series = as_series(source)
    check_counts(series)
    names = [each.unique_id for each in series]
    if len(set(names)) < len(names):
        raise InputError(f"series must have different names, but got {', '.join(map(repr, names))}")
    chosen: dict[str, Forecaster] = dict(forecasters)
    for name, reference in (("climatology", Climatology), ("markov", Markov)):
        chosen.setdefault(name, reference(horizon=horizon))
    for name, each in chosen.items():
        if each.horizon != horizon:
            raise InputError(
                f"every forecaster must have the backtest's horizon, {horizon}, but {name!r} has {each.horizon}; build it with "
                f"horizon={horizon}"
            )
    plan = folds_of(
        series,
        horizon=horizon,
        start=start,
        every=every,
        folds=folds,
        refit_every=refit_every,
        window=window,
    )
    told = progress or Silent()
    told.expect(len(plan) * len(chosen))
    reused = 0
    found = []
    with limited_threads(1):
        for fold in plan:
            forecasts = {}
            for name, each in chosen.items():
                told.began(name, fold.index)
                forecasts[name], there = _forecasts(
                    each,
                    fold,
                    name=name,
                    every=every,
                    folder=None if folder is None else Path(folder),
                    progress=told,
                )
                reused += there
                told.ended(reused=there)
            found.append(_aligned(forecasts, fold, series))
    return Backtest(
        series=series,
        horizon=horizon,
        every=every,
        window=window,
        forecasters=tuple(chosen),
        folds=tuple(found),
        reused=reused,
    )


def _forecasts(
    forecaster: Forecaster,
    fold: Fold,
    *,
    name: str,
    every: int,
    folder: Path | None,
    progress: Progress,
) -> tuple[Forecast, bool]:
    """Return a fold's forecasts, and whether they were there already."""
    key = "" if folder is None else fold_key(forecaster, fold, every=every)
    if folder is not None and (kept := read_fold(folder, key)) is not None:
        return kept, True
    model = copy.deepcopy(forecaster)
    fit: Any = model.fit
    accepted = signature(fit).parameters
    if "on_epoch" in accepted:
        fit = partial(fit, on_epoch=lambda epoch: progress.epoch(epoch.epoch))
    if "checkpoint" in accepted and folder is not None:
        fit = partial(fit, checkpoint=training_folder(folder, key))
    try:
        fit(fold.training)
        forecast = _asked(model, fold, every=every)
        _check_blind(model, fold, forecast, name=name)
    except InputError as error:
        raise InputError(
            f"{name!r} must be able to forecast fold {fold.index + 1} (from {_show(fold.start)}), but {error}"
        ) from error
    if folder is not None:
        write_fold(folder, key, forecast)
        shutil.rmtree(training_folder(folder, key), ignore_errors=True)
    return forecast, False


def _asked(model: Forecaster, fold: Fold, *, every: int) -> Forecast:
    """Return the forecasts of the fold's own origins."""
    in_step = all(_in_step(each, fold, every=every) for each in fold.shown)
    forecast = model.predict(fold.shown, start=fold.start, every=every if in_step else 1)
    return forecast[np.isin(_origin_dates(forecast, fold.shown), fold.origins)]


def _in_step(series: CountSeries, fold: Fold, *, every: int) -> bool:
    """Return whether every `every`-th row of a series from the fold's start is an origin, and no other."""
    later = series.ds[len(series.before(fold.start)) :]
    later = later[later <= fold.origins[-1]]
    return np.array_equal(later[::every], later[np.isin(later, fold.origins)])


def _origin_dates(forecast: Forecast, series: tuple[CountSeries, ...]) -> Any:
    """Return the date of the step that each forecast's origin is at."""
    dates = np.empty(len(forecast), dtype=series[0].ds.dtype)
    for each in series:
        mine = forecast.unique_id == each.unique_id
        dates[mine] = each.ds[forecast.origin[mine]]
    return dates


def _check_blind(model: Forecaster, fold: Fold, forecast: Forecast, *, name: str) -> None:
    """Check that the first origin's forecasts stay the same when everything after it was different."""
    first = len(fold.shown[0].before(fold.start))
    ahead = int(forecast.horizon.max())
    shown = fold.shown[0]
    if first + ahead < len(shown):
        shown = shown.before(shown.ds[first + ahead])
    changed: dict[str, Any] = {
        "y": np.where(np.arange(len(shown)) < first, shown.y, 1 - np.minimum(shown.y, 1))
    }
    past = getattr(shown, "past", None)
    if past is not None:
        changed["past"] = np.where(np.arange(len(shown))[:, None] < first, past, past + 1)
    again = model.predict((replace(shown, **changed),), start=fold.start)
    mine = (forecast.unique_id == shown.unique_id) & (forecast.origin == first)
    before, after = forecast[mine].pmf, again[again.origin == first].pmf
    if before.shape != after.shape or not np.allclose(before, after, rtol=_BLIND_RTOL, atol=1e-6):
        raise InputError(
            f"{name!r} looks ahead: its forecast from {_show(fold.start)} changes with the counts after it"
        )


def _aligned(forecasts: Mapping[str, Forecast], fold: Fold, series: tuple[CountSeries, ...]) -> FoldForecasts:
    """Return the fold's forecasts beside what happened, after checking that all forecasters answered the same questions."""
    names = list(forecasts)
    first = forecasts[names[0]]
    for name in names[1:]:
        other = forecasts[name]
        same = len(other) == len(first) and all(
            np.array_equal(getattr(first, field), getattr(other, field))
            for field in ("unique_id", "origin", "horizon")
        )
        if not same:
            raise InputError(
                f"every forecaster must answer the same questions in the same order, but in fold {fold.index + 1} {name!r} gives "
                f"{len(other)} forecasts and {names[0]!r} {len(first)}; see `Forecaster.predict` for the order"
            )
    return FoldForecasts(
        index=fold.index,
        start=fold.start,
        origins=len(fold.origins),
        trained_steps=sum(map(len, fold.training)),
        trained_until=max(each.ds[-1] for each in fold.training),
        trained_events=sum(int((each.y > 0).sum()) for each in fold.training),
        origin_ds=_origin_dates(first, fold.shown),
        forecasts=dict(forecasts),
        y=outcomes(first, series),
    )


def _show(date: Any) -> str:
    return str(date).removesuffix("T00:00:00.000000").removesuffix(".000000")
