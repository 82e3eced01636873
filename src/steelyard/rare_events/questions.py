"""The questions that people ask about rare events, as studies; importing this loads nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steelyard.errors import InputError
from steelyard.rare_events.alternatives import AUTOENCODER, ENCODER, FRONT, HEADS, LOSS, WEIGHTS
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
    """Return the study of four arrangements of heads on the data that were asked about."""
    from steelyard.rare_events.trials import heads_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "heads", question=_HEADS_TITLE, trial=heads_trial, levels=tuple(HEADS))


def prepare_loss(ask: Ask) -> PreparedQuestion:
    """Return the study of eleven losses on the data that were asked about."""
    from steelyard.rare_events.trials import loss_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "loss", question=_LOSS_TITLE, trial=loss_trial, levels=tuple(LOSS))


def prepare_front(ask: Ask) -> PreparedQuestion:
    """Return the study of three fronts on the data that were asked about."""
    from steelyard.rare_events.trials import front_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "front", question=_FRONT_TITLE, trial=front_trial, levels=tuple(FRONT))


def prepare_encoder(ask: Ask) -> PreparedQuestion:
    """Return the study of an LSTM against a regression on lags on the data that were asked about."""
    from steelyard.rare_events.trials import encoder_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "encoder", question=_ENCODER_TITLE, trial=encoder_trial, levels=tuple(ENCODER))


def prepare_autoencoder(ask: Ask) -> PreparedQuestion:
    """Return the study of no autoencoder, a joint and a frozen one on the data that were asked about."""
    from steelyard.rare_events.trials import autoencoder_trial  # noqa: PLC0415 - loads torch

    return _prepare(
        ask, "autoencoder", question=_AUTOENCODER_TITLE, trial=autoencoder_trial, levels=tuple(AUTOENCODER)
    )


def prepare_weights(ask: Ask) -> PreparedQuestion:
    """Return the study of four ways to weigh three losses on the data that were asked about."""
    from steelyard.rare_events.trials import weights_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "weights", question=_WEIGHTS_TITLE, trial=weights_trial, levels=tuple(WEIGHTS))


def _prepare(
    ask: Ask,
    factor: str,
    *,
    question: str,
    trial: Callable[..., dict[str, float]],
    levels: tuple[str, ...],
) -> PreparedQuestion:
    from steelyard.rare_events.dataset import Roles, load  # noqa: PLC0415 - loads numpy
    from steelyard.rare_events.weighing import log_score_scale, notes  # noqa: PLC0415 - loads numpy and scikit-learn
    from steelyard.study.study import Study  # noqa: PLC0415 - loads the store

    path = ask.path
    missing = None if path is None else ask.missing
    roles = Roles(known=ask.known, past=ask.past, static=ask.static)
    if path is None and any(roles):
        raise InputError(
            f"covariates must be columns of data, but got {', '.join(sum(roles, ()))} and no data; name the file with --data"
        )
    dataset = load(path, missing, "", roles)
    scale = log_score_scale(dataset)
    budget = dict(_BUDGETS[ask.setting])
    shortest = min(len(each) for each in dataset.history)
    budget["window"] = max(7, min(budget["window"], shortest // 8))
    margin, reason = ask.margin_or(MARGIN_NATS, reason=MARGIN_REASON)
    study = Study(
        question,
        trial=trial,
        factors={factor: levels},
        metric="log_score",
        unit=scale.unit,
        margin=margin,
        margin_reason=reason,
        name=f"rare-events.{factor}",
        parameters={
            "data": path,
            "missing": missing,
            "fingerprint": dataset.fingerprint,
            "training": {**budget, "seasons": _seasons(path, dataset.series[0].steps_per_year)},
            **({"roles": roles._asdict()} if any(roles) else {}),
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
_FRONT_TITLE = "Should a CNN or a dense layer stand in front of the LSTM?"
_ENCODER_TITLE = "Does the LSTM earn its keep against a regression on the last 15 counts?"
_AUTOENCODER_TITLE = "Should the LSTM be trained as an autoencoder first, beside the heads, or not at all?"
_WEIGHTS_TITLE = "How should the three losses of an autoencoder with two heads be weighed?"
_QUICK = "12 epochs of a 32-unit LSTM on the days before 2012, tested on those since; about {trial} a trial, {total} in all on two cores"
_FULL = "up to 40 epochs of a 64-unit LSTM with a window twice as long; about {trial} a trial, {total} in all on two cores"


def _question(
    factor: str,
    *,
    title: str,
    asks: str,
    quick: tuple[str, str],
    full: tuple[str, str],
    prepare: Callable[[Ask], PreparedQuestion],
) -> Question:
    """Return the catalogue's entry; quick and full are times of a trial and of the whole."""
    return Question(
        name=f"rare-events.{factor}",
        title=title,
        asks=asks,
        quick=_QUICK.format(trial=quick[0], total=quick[1]),
        full=_FULL.format(trial=full[0], total=full[1]),
        margin=MARGIN_NATS,
        margin_reason=MARGIN_REASON,
        prepare=prepare,
    )


QUESTIONS: tuple[Question, ...] = (
    _question(
        "heads",
        title=_HEADS_TITLE,
        asks=(
            "A series is zero on most days and 1 to 10 on the others. Should one network say whether and how much with two "
            "heads, with one head trained on squared error, or with two heads whose product is trained? And one LSTM or two? `two` "
            "(reference): probability of an event (binary cross-entropy) and strength given an event (zero-truncated negative "
            "binomial) on one LSTM. `two LSTMs`: the same heads, each on an LSTM of its own. `one`: a single output, squared error "
            "only; it stands for a normal distribution with its residual spread. `product`: binary cross-entropy on p plus "
            "squared error on p times s."
        ),
        quick=("1 s", "half a minute"),
        full=("5 s", "1 to 3 minutes"),
        prepare=prepare_heads,
    ),
    _question(
        "loss",
        title=_LOSS_TITLE,
        asks=(
            "MSE is definitely not a good metric when most days are zero: which loss is? `hurdle-negative-binomial` (reference) "
            "and `hurdle-poisson`: cross-entropy for the event plus a zero-truncated count likelihood for its strength. `bce+mse`: "
            "cross-entropy plus squared error of the strength on days with an event. `focal` and `class-weighted`: the "
            "reference with focal or class-weighted cross-entropy. `zero-inflated-negative-binomial`, `negative-binomial`, "
            "`poisson` and `tweedie`: one distribution for zeros and events alike. `ordinal`: each count against all higher ones. "
            "`mse`: squared error, read as a normal distribution with its residual spread."
        ),
        quick=("1 to 3 s", "1 to 2 minutes"),
        full=("5 s", "3 to 8 minutes"),
        prepare=prepare_loss,
    ),
    _question(
        "front",
        title=_FRONT_TITLE,
        asks=(
            "Does a convolution or a dense layer before the LSTM help? `none` (reference): the LSTM reads the inputs. `dense`: the same "
            "dense layer with ReLU at every step. `cnn`: a convolution over the last 7 steps with ReLU."
        ),
        quick=("1 s", "half a minute"),
        full=("5 s", "2 to 5 minutes"),
        prepare=prepare_front,
    ),
    _question(
        "encoder",
        title=_ENCODER_TITLE,
        asks=(
            "Is a recurrent network needed at all? `lstm` (reference): the default. `lags`: the same heads, losses and other inputs "
            "(yesterday, slow averages, season) on the last 15 counts and nothing recurrent, which is a regression on lags."
        ),
        quick=("1 s", "half a minute"),
        full=("5 s", "1 to 3 minutes"),
        prepare=prepare_encoder,
    ),
    _question(
        "autoencoder",
        title=_AUTOENCODER_TITLE,
        asks=(
            "People train an LSTM autoencoder and forecast from its embedding: is that better than training the LSTM for the "
            "forecast? In all levels the heads see the LSTM's state only. `none` (reference): trained for the forecast. `joint`: it "
            "must also say the last steps it read, the three losses added up. `frozen`: trained to say what it read first (half "
            "the epochs), then left as it is while the heads are trained."
        ),
        quick=("1 to 2 s", "half a minute"),
        full=("10 s", "2 to 5 minutes"),
        prepare=prepare_autoencoder,
    ),
    _question(
        "weights",
        title=_WEIGHTS_TITLE,
        asks=(
            "An LSTM autoencoder, an LSTM head for whether (cross-entropy) and one for how much (squared error on days with an event): "
            "how are three losses of different size added up? `equal` (reference): as they are. `little reconstruction`: the "
            "autoencoder's counts a tenth. `mostly occurrence`: strength and reconstruction count a tenth. `uncertainty`: weights "
            "are learned (Kendall et al. 2018). The report has each part's loss, weight, gradient norm, and the cosines between "
            "the parts' gradients, epoch by epoch."
        ),
        quick=("3 s", "1 minute"),
        full=("20 s", "5 to 10 minutes"),
        prepare=prepare_weights,
    ),
)
