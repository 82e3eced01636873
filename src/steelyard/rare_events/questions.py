"""The questions that people ask about rare events, as studies; importing this loads nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steelyard.study.question import Ask, PreparedQuestion, Question, Setting

if TYPE_CHECKING:
    from collections.abc import Callable

MARGIN_NATS = 0.005
MARGIN_REASON = (
    "0.005 nats a day is about a tenth of what a 15-lag logistic regression gains over seasonal climatology on the embedded "
    "storms (0.047): a choice that moves the score by less than that isn't worth a second look"
)
_BUDGETS: dict[Setting, dict[str, Any]] = {
    "quick": {"window": 54, "hidden": 32, "epochs": 12, "patience": 6, "learning_rate": 0.01, "dropout": 0.2},
    "full": {
        "window": 108,
        "hidden": 64,
        "epochs": 40,
        "patience": 12,
        "learning_rate": 0.005,
        "dropout": 0.4,
    },
}
_SECONDARY: dict[str, Any] = {
    "occurrence_log_score": "lower",
    "log_score_recalibrated": "lower",
    "rps": "lower",
    "brier": "lower",
    "brier_skill": "higher",
    "miscalibration": "lower",
    "pr_auc": "higher",
    "mae": "lower",
}


def prepare_heads(ask: Ask) -> PreparedQuestion:
    """Return the study of two heads, one head and multiplied heads on the data that were asked about."""
    from steelyard.rare_events.trials import heads_trial  # noqa: PLC0415 - loads torch

    return _prepare(
        ask,
        name="rare-events.heads",
        question=_HEADS_TITLE,
        trial=heads_trial,
        factors={"heads": ("two", "one", "product")},
    )


def prepare_loss(ask: Ask) -> PreparedQuestion:
    """Return the study of five losses on the data that were asked about."""
    from steelyard.rare_events.trials import loss_trial  # noqa: PLC0415 - loads torch

    return _prepare(
        ask,
        name="rare-events.loss",
        question=_LOSS_TITLE,
        trial=loss_trial,
        factors={
            "loss": ("hurdle-negative-binomial", "hurdle-poisson", "negative-binomial", "poisson", "mse")
        },
    )


def _prepare(
    ask: Ask,
    *,
    name: str,
    question: str,
    trial: Callable[..., dict[str, float]],
    factors: dict[str, tuple[str, ...]],
) -> PreparedQuestion:
    from steelyard.rare_events.dataset import load  # noqa: PLC0415 - loads numpy
    from steelyard.rare_events.weighing import log_score_scale, notes  # noqa: PLC0415 - loads numpy and scikit-learn
    from steelyard.study.study import Study  # noqa: PLC0415 - loads the store

    path = None if ask.data is None else str(ask.data.expanduser().resolve())
    missing = None if path is None else ask.missing
    dataset = load(path, missing)
    scale = log_score_scale(dataset)
    budget = dict(_BUDGETS[ask.setting])
    shortest = min(len(each) for each in dataset.history)
    budget["window"] = max(7, min(budget["window"], shortest // 8))
    study = Study(
        question,
        trial=trial,
        factors=factors,
        metric="log_score",
        unit=scale.unit,
        margin=MARGIN_NATS if ask.margin is None else ask.margin,
        margin_reason=MARGIN_REASON if ask.margin is None else "chosen by whoever asked",
        name=name,
        parameters={
            "data": path,
            "missing": missing,
            "fingerprint": dataset.fingerprint,
            "training": {**budget, "seasons": _seasons(path, dataset.series[0].steps_per_year)},
        },
        data_fingerprint=dataset.fingerprint,
        secondary=_SECONDARY,
        max_pairs=ask.max_pairs,
        score_block=27,
    )
    return PreparedQuestion(
        study=study, scale=scale, data=dataset.describe(), notes=notes(dataset, scale, setting=ask.setting)
    )


def _seasons(path: str | None, steps_per_year: float | None) -> list[str]:
    """Return the calendar cycles that may matter: storms don't know weekdays, people's own data may."""
    if path is None:
        return ["year"]
    if steps_per_year is None:
        return []
    return ["year", *(["week"] if steps_per_year > 300 else []), *(["day"] if steps_per_year > 400 else [])]


_HEADS_TITLE = "One head, two heads, or two heads multiplied: does it matter for forecasting rare events?"
_LOSS_TITLE = "Which loss should a forecaster of rare events be trained with?"

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="rare-events.heads",
        title=_HEADS_TITLE,
        asks=(
            "A series is zero on most days and 1 to 10 on the others. Should one network say whether and how much with two "
            "heads, with one head trained on squared error, or with two heads whose product is trained? `two` (reference): "
            "probability of an event (binary cross-entropy) and strength given an event (zero-truncated negative binomial). "
            "`one`: a single output, squared error only; it stands for a normal distribution with its residual spread. "
            "`product`: binary cross-entropy on p plus squared error on p times s."
        ),
        quick="12 epochs of a 32-unit LSTM on the days before 2012, tested on those since; about 1 s a trial, half a minute in all",
        full="up to 40 epochs of a 64-unit LSTM with a window twice as long; about 5 s a trial, 1 to 3 minutes in all",
        margin=MARGIN_NATS,
        margin_reason=MARGIN_REASON,
        prepare=prepare_heads,
    ),
    Question(
        name="rare-events.loss",
        title=_LOSS_TITLE,
        asks=(
            "MSE is definitely not a good metric when most days are zero: which loss is? `hurdle-negative-binomial` (reference) "
            "and `hurdle-poisson`: cross-entropy for the event plus a zero-truncated count likelihood for its strength. "
            "`negative-binomial` and `poisson`: one count distribution for zeros and events alike. `mse`: squared error, read "
            "as a normal distribution with its residual spread."
        ),
        quick="12 epochs of a 32-unit LSTM on the days before 2012, tested on those since; about 1 s a trial, half a minute in all",
        full="up to 40 epochs of a 64-unit LSTM with a window twice as long; about 5 s a trial, 2 to 5 minutes in all",
        margin=MARGIN_NATS,
        margin_reason=MARGIN_REASON,
        prepare=prepare_loss,
    ),
)
