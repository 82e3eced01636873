"""One trial of each question: train on one seed, test on what came later, hand over every score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from steelyard.rare_events.alternatives import AUTOENCODER, ENCODER, FRONT, HEADS, LOSS, WEIGHTS
from steelyard.rare_events.baselines.climatology import Climatology
from steelyard.rare_events.dataset import VALIDATION_SHARE, Dataset, Roles, load, show_date
from steelyard.rare_events.forecast import Forecast
from steelyard.rare_events.forecaster import RareEventForecaster
from steelyard.rare_events.recalibration import Recalibration
from steelyard.rare_events.scores.distribution import absolute_errors, log_scores, ranked_probability_scores
from steelyard.rare_events.scores.occurrence import (
    brier_scores,
    occurrence_log_scores,
    precision_recall,
    skill,
)
from steelyard.rare_events.scores.reliability import reliability
from steelyard.study.threads import limited_threads

if TYPE_CHECKING:
    from steelyard.rare_events.training import Epoch
    from steelyard.study.run import Run

_SHOWN_STEPS = 120


class Source(NamedTuple):
    """What `load` is called with."""

    data: str | None
    missing: str | None
    fingerprint: str
    roles: Roles


def heads_trial(
    seed: int,
    run: Run,
    heads: str,
    *,
    data: str | None,
    missing: str | None,
    fingerprint: str,
    training: Mapping[str, Any],
    roles: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, float]:
    """Return the test scores of an arrangement of heads, trained with that arrangement's own loss.

    Args:
        seed: of initial weights, order and dropout.
        run: takes curves, per-step scores and tables.
        heads: a level of `alternatives.HEADS`.
        data: path of a table, None for the embedded storms.
        missing: what a missing date means.
        fingerprint: what the data must be.
        training: further arguments of `RareEventForecaster`.
        roles: columns of the table that are `known` and `past` covariates and `static` features; None for none.
    """
    model = _forecaster(seed, HEADS[heads], training)
    return _trained_and_scored(model, run, Source(data, missing, fingerprint, Roles.of(roles)))


def loss_trial(
    seed: int,
    run: Run,
    loss: str,
    *,
    data: str | None,
    missing: str | None,
    fingerprint: str,
    training: Mapping[str, Any],
    roles: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, float]:
    """Return the test scores of a loss, with the heads that it needs; arguments as for `heads_trial`."""
    model = _forecaster(seed, LOSS[loss], training)
    return _trained_and_scored(model, run, Source(data, missing, fingerprint, Roles.of(roles)))


def front_trial(
    seed: int,
    run: Run,
    front: str,
    *,
    data: str | None,
    missing: str | None,
    fingerprint: str,
    training: Mapping[str, Any],
    roles: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, float]:
    """Return the test scores of a front: nothing, a dense layer or a convolution; arguments as for `heads_trial`."""
    model = _forecaster(seed, FRONT[front], training)
    return _trained_and_scored(model, run, Source(data, missing, fingerprint, Roles.of(roles)))


def encoder_trial(
    seed: int,
    run: Run,
    encoder: str,
    *,
    data: str | None,
    missing: str | None,
    fingerprint: str,
    training: Mapping[str, Any],
    roles: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, float]:
    """Return the test scores of what reads the past; arguments as for `heads_trial`."""
    model = _forecaster(seed, ENCODER[encoder], training)
    return _trained_and_scored(model, run, Source(data, missing, fingerprint, Roles.of(roles)))


def autoencoder_trial(
    seed: int,
    run: Run,
    autoencoder: str,
    *,
    data: str | None,
    missing: str | None,
    fingerprint: str,
    training: Mapping[str, Any],
    roles: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, float]:
    """Return the test scores of an autoencoder: none, joint or frozen; arguments as for `heads_trial`."""
    model = _forecaster(seed, AUTOENCODER[autoencoder], training)
    return _trained_and_scored(model, run, Source(data, missing, fingerprint, Roles.of(roles)))


def weights_trial(
    seed: int,
    run: Run,
    weights: str,
    *,
    data: str | None,
    missing: str | None,
    fingerprint: str,
    training: Mapping[str, Any],
    roles: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, float]:
    """Return the test scores of a weighing of the three losses of the network as people describe it; arguments as for `heads_trial`."""
    model = _forecaster(seed, WEIGHTS[weights], training)
    return _trained_and_scored(model, run, Source(data, missing, fingerprint, Roles.of(roles)))


def _forecaster(
    seed: int, alternative: Mapping[str, Any], training: Mapping[str, Any]
) -> RareEventForecaster:
    return RareEventForecaster(
        validation_share=VALIDATION_SHARE, seed=seed, **{**dict(training), **dict(alternative)}
    )


def _trained_and_scored(model: RareEventForecaster, run: Run, source: Source) -> dict[str, float]:
    dataset = load(*source)

    def log(epoch: Epoch) -> None:
        run.curve("train_loss", step=epoch.epoch, value=epoch.train_loss)
        run.curve("validation_loss", step=epoch.epoch, value=epoch.validation_loss)
        if len(epoch.parts) > 1:
            for part, value in epoch.parts.items():
                run.curve(f"loss/{part}", step=epoch.epoch, value=value)
                run.curve(f"weight/{part}", step=epoch.epoch, value=epoch.weights[part])
        for name, value in epoch.gradients.items():
            run.curve(name, step=epoch.epoch, value=value)

    with limited_threads(1):
        model.fit(dataset.history, on_epoch=log)
        forecast = model.predict(dataset.series, start=dataset.start)
        aside = model.predict(dataset.history, start=dataset.validation_start)
    y = dataset.test_y
    event = y > 0
    nats = log_scores(forecast, y)
    brier = float(brier_scores(forecast.p_event, event).mean())
    curve = reliability(forecast.p_event, event)
    recalibrated = Recalibration().fit(aside, dataset.validation_y).apply(forecast)
    run.scores("log_score", nats.tolist())
    run.table(
        "reliability",
        {
            "forecast": curve.forecast.tolist(),
            "observed": curve.observed.tolist(),
            "count": curve.count.tolist(),
        },
    )
    run.table("forecasts", _last_steps(forecast, dataset))
    return {
        "log_score": float(nats.mean()),
        "occurrence_log_score": float(occurrence_log_scores(forecast.p_event, event).mean()),
        "log_score_recalibrated": float(log_scores(recalibrated, y).mean()),
        "rps": float(ranked_probability_scores(forecast, y).mean()),
        "brier": brier,
        "brier_skill": skill(brier, reference=_climatology_brier(source)),
        "miscalibration": curve.miscalibration,
        "pr_auc": precision_recall(forecast.p_event, event).area,
        "mae": float(absolute_errors(forecast, y).mean()),
    }


def _last_steps(forecast: Forecast, dataset: Dataset) -> dict[str, list[float | str]]:
    """Return the last forecasts of the first series beside what happened."""
    first = forecast.unique_id == dataset.series[0].unique_id
    rows = np.flatnonzero(first)[-_SHOWN_STEPS:]
    return {
        "ds": [show_date(date) for date in forecast.ds[rows]],
        "y": dataset.series[0].y[-len(rows) :].astype(float).tolist(),
        "p_event": forecast.p_event[rows].tolist(),
        "mean": forecast.mean[rows].tolist(),
        "quantile_90": forecast.quantile(0.9)[rows].astype(float).tolist(),
    }


@lru_cache(maxsize=4)
def _climatology_brier(source: Source) -> float:
    dataset = load(*source)
    forecast = Climatology().fit(dataset.history).predict(dataset.series, start=dataset.start)
    return float(brier_scores(forecast.p_event, dataset.test_y > 0).mean())
