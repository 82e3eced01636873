"""What a log score means on given data: the scores of forecasts that need no network, and what to know about them."""

from __future__ import annotations

import numpy as np

from steelyard.rare_events.baselines._base import Forecaster
from steelyard.rare_events.baselines.climatology import Climatology
from steelyard.rare_events.baselines.logistic import LaggedLogistic
from steelyard.rare_events.baselines.markov import Markov
from steelyard.rare_events.dataset import Dataset, show_date
from steelyard.rare_events.scores.distribution import log_scores
from steelyard.weigh.scale import ReferencePoint, Scale

_STEP_NAMES = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "hourly": "hour",
    "quarterly": "quarter",
    "yearly": "year",
}


def log_score_scale(dataset: Dataset) -> Scale:
    """Return the scale of the log score on a data set's test period, in nats a step, lower is better.

    The baseline is seasonal climatology; Markov and a 15-lag logistic regression are further reference points; the floor
    is 0, which only perfect foresight reaches.
    """
    climatology = ReferencePoint(
        name="climatology",
        value=_score(Climatology(), dataset),
        meaning="how often and how strong at this time of the year, from the history alone",
    )
    others = (
        ReferencePoint(
            name="markov",
            value=_score(Markov(), dataset),
            meaning="what followed, in the history, on a step like the one before",
        ),
        ReferencePoint(
            name="15-lag logistic",
            value=_score(LaggedLogistic(lags=15), dataset),
            meaning="logistic regression on the last 15 counts and the season; strength as after a like step",
        ),
    )
    floor = ReferencePoint(name="perfect foresight", value=0.0, meaning="every count known in advance")
    best = min((climatology, *others), key=lambda point: point.value)
    return Scale(
        loss="log score",
        unit=f"nats per {_STEP_NAMES.get(dataset.step, 'step')}",
        direction="lower",
        baseline=climatology,
        floor=floor,
        references=(climatology, *others, floor),
        notes=(
            "0 is not attainable: it would need certainty about every step. How close to it one can come is not known.",
            f"The best classical baseline is {best.name} ({best.value:.4f}); a network that doesn't beat it isn't worth its trouble.",
        ),
    )


def notes(dataset: Dataset, scale: Scale, *, setting: str) -> tuple[str, ...]:
    """Return what to know before trusting an answer on a data set, each a sentence."""
    y = dataset.test_y
    gap = scale.baseline.value - next(
        point.value for point in scale.references if point.name == "15-lag logistic"
    )
    share = float((y > 0).mean())
    found = [
        f"Everything is trained before {show_date(dataset.start)} and tested, one step ahead, on the {len(y)} steps from there.",
        "Squared error isn't a likelihood: its forecast is read as a normal distribution with the residual spread.",
        f"Zero on every step has a mean absolute error of {y.mean():.4f}, hard to beat and worth nothing: don't choose by `mae`.",
        f"A forecast without skill has a `pr_auc` of {share:.4f}, the share of test steps with an event.",
        "`log_score_recalibrated` and `pr_auc` ask how well a forecast ranks the steps, whatever its probabilities say.",
        f"On these data a tenth of what the 15-lag logistic gains over climatology is {abs(gap) / 10:.2g} {scale.unit}.",
    ]
    if setting == "quick":
        found.append(
            "The quick setting trains small networks briefly; `--full` trains larger ones for longer."
        )
    return tuple(found)


def _score(forecaster: Forecaster, dataset: Dataset) -> float:
    forecast = forecaster.fit(dataset.history).predict(dataset.series, start=dataset.start)
    return float(np.mean(log_scores(forecast, dataset.test_y)))
