"""The questions that people ask about images' statistics and pretrained weights, as studies; importing this loads nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steelyard.imaging.levels import CHANNELS, SCALES, STATISTICS, USES, Use
from steelyard.study.question import Ask, PreparedQuestion, Question, Setting

if TYPE_CHECKING:
    from collections.abc import Callable

MARGIN_AUROC = 0.02
MARGIN_REASON = (
    "0.02 of AUROC is about what the mean over findings moves by from one seed to the next here; CheXNet's gain over the work before it was about "
    "0.05 a finding"
)
_BUDGETS: dict[Setting, dict[str, Any]] = {
    "quick": {
        "width": 8,
        "learning_rate": 0.005,
        "source_images": 1200,
        "source_epochs": 4,
        "target_images": 400,
        "target_epochs": 6,
    },
    "full": {
        "width": 16,
        "learning_rate": 0.003,
        "source_images": 8000,
        "source_epochs": 6,
        "target_images": 1000,
        "target_epochs": 10,
    },
}
_STATISTICS_TITLE = "Whose mean and standard deviation should new images be normalised with"


def prepare_statistics(ask: Ask, use: Use) -> PreparedQuestion:
    """Return the study of five ways to normalise a target's images."""
    from steelyard.imaging.trials import statistics_trial  # noqa: PLC0415 - loads torch

    return _prepare(
        ask,
        "statistics",
        name=_NAMES[use],
        question=f"{_STATISTICS_TITLE} ({use})?",
        trial=statistics_trial,
        levels=STATISTICS,
        use=use,
    )


def prepare_pretrained(ask: Ask) -> PreparedQuestion:
    """Return the study of four uses of pretrained weights."""
    from steelyard.imaging.trials import pretrained_trial  # noqa: PLC0415 - loads torch

    return _prepare(
        ask, "use", name="pretrained", question=_PRETRAINED_TITLE, trial=pretrained_trial, levels=USES
    )


def prepare_scale(ask: Ask) -> PreparedQuestion:
    """Return the study of six scales of a target's images."""
    from steelyard.imaging.trials import scale_trial  # noqa: PLC0415 - loads torch

    return _prepare(
        ask,
        "scale",
        name="scale",
        question=_SCALE_TITLE,
        trial=scale_trial,
        levels=SCALES,
        use="fine-tuned",
    )


def prepare_channels(ask: Ask) -> PreparedQuestion:
    """Return the study of four orders of colour channels."""
    from steelyard.imaging.trials import channels_trial  # noqa: PLC0415 - loads torch

    return _prepare(
        ask,
        "channels",
        name="channels",
        question=_CHANNELS_TITLE,
        trial=channels_trial,
        levels=CHANNELS,
        use="fine-tuned",
    )


def _prepare(
    ask: Ask,
    factor: str,
    *,
    name: str,
    question: str,
    trial: Callable[..., dict[str, float]],
    levels: tuple[str, ...],
    use: Use | None = None,
) -> PreparedQuestion:
    from steelyard.imaging.dataset import DIGITS, load, load_colours  # noqa: PLC0415 - loads numpy
    from steelyard.imaging.weighing import auroc_scale, notes  # noqa: PLC0415 - loads scikit-learn
    from steelyard.study.study import Study  # noqa: PLC0415 - loads the store

    data = ask.path
    if ask.data is not None and str(ask.data) == DIGITS and not ask.data.exists():
        data = DIGITS
    dataset = load_colours(data) if factor == "channels" else load(data)
    budget = dict(_BUDGETS[ask.setting])
    margin, reason = ask.margin_or(MARGIN_AUROC, reason=MARGIN_REASON)
    study = Study(
        question,
        trial=trial,
        factors={factor: levels},
        metric="auroc",
        direction="higher",
        unit="AUROC",
        margin=margin,
        margin_reason=reason,
        name=f"imaging.{name}",
        parameters={
            "data": data,
            "fingerprint": dataset.fingerprint,
            "budget": budget,
            **({} if use is None else {"use": use}),
        },
        data_fingerprint=dataset.fingerprint,
        secondary={"log_loss": "lower"},
        max_pairs=ask.max_pairs,
    )
    return PreparedQuestion(
        study=study,
        scale=auroc_scale(dataset, images=int(budget["target_images"])),
        data=dataset.describe(),
        notes=notes(dataset, setting=ask.setting),
    )


_PRETRAINED_TITLE = "What should be made of pretrained weights: fine-tune, freeze, or start afresh?"
_SCALE_TITLE = "What happens when pixels are 0 to 255, not normalised, or normalised twice?"
_CHANNELS_TITLE = "What happens when red and blue change places?"
_QUICK = (
    "a small residual network, 4 epochs on 1,200 source images (by default simulated radiographs of another machine; --data names images by class, "
    "or `digits`), 6 on 400 of the target; about {trial} a trial, {total} in all on two cores"
)
_FULL = "twice as wide, 6 epochs on up to 8,000 source images, 10 on 1,000 of the target; by the quick setting's speed {trial} a trial, {total} in all on two cores"
_NAMES: dict[Use, str] = {
    "fine-tuned": "statistics",
    "frozen features": "statistics-frozen",
    "batch norm frozen": "statistics-norm-frozen",
    "from scratch": "statistics-scratch",
}
_USED: dict[Use, str] = {
    "fine-tuned": "All weights go on learning, as in CheXNet.",
    "frozen features": "Only a new head learns; the pretrained features stay as they are.",
    "batch norm frozen": "All weights go on learning but those of batch norms, which keep the source's statistics.",
    "from scratch": "Nothing is pretrained: does the choice matter at all then?",
}


def _question(
    name: str,
    *,
    title: str,
    asks: str,
    quick: tuple[str, str],
    full: tuple[str, str],
    prepare: Callable[[Ask], PreparedQuestion],
) -> Question:
    """Return the catalogue's entry; quick and full are times of a trial and of the whole."""
    return Question(
        name=f"imaging.{name}",
        title=title,
        asks=asks,
        quick=_QUICK.format(trial=quick[0], total=quick[1]),
        full=_FULL.format(trial=full[0], total=full[1]),
        margin=MARGIN_AUROC,
        margin_reason=MARGIN_REASON,
        prepare=prepare,
    )


def _statistics_question(use: Use) -> Question:
    def prepare(ask: Ask) -> PreparedQuestion:
        return prepare_statistics(ask, use)

    return _question(
        _NAMES[use],
        title=f"{_STATISTICS_TITLE} ({use})?",
        asks=(
            "CheXNet normalises radiographs with the mean and standard deviation of ImageNet, which its weights were pretrained on: why not with the "
            "radiographs' own? `source's` (reference): the statistics of the images of the pretraining. `target's`: those of the new images. `per "
            "image`: each image's own. `stds averaged`: the source's mean with the mean of its images' standard deviations, a common mistake. `none`: 0 to "
            f"1 as it is. {_USED[use]}"
        ),
        quick=("5 s", "2 to 4 minutes"),
        full=("1 to 2 minutes", "half an hour to two hours"),
        prepare=prepare,
    )


QUESTIONS: tuple[Question, ...] = (
    *map(_statistics_question, _NAMES),
    _question(
        "pretrained",
        title=_PRETRAINED_TITLE,
        asks=(
            "Is it worth starting from weights that were trained on other images? `fine-tuned` (reference): all weights go on learning. `batch norm "
            "frozen`: all but batch norms. `frozen features`: only a new head learns. `from scratch`: random weights, the same passes over the target. "
            "All are normalised with the source's statistics."
        ),
        quick=("5 s", "2 to 4 minutes"),
        full=("1 to 2 minutes", "half an hour to two hours"),
        prepare=prepare_pretrained,
    ),
    _question(
        "scale",
        title=_SCALE_TITLE,
        asks=(
            "`0-1, normalised` (reference): divided by 255, then the source's statistics. `0-1 only` and `0-255 only`: no statistics. `0-255, normalised`: "
            "the statistics of the 0-1 scale on pixels of 0 to 255. `normalised twice`. In these, learning and testing are alike; `0-255 in use only`: "
            "learned as the reference, used with pixels that nobody divided. Weights are fine-tuned."
        ),
        quick=("5 s", "2 to 6 minutes"),
        full=("1 to 2 minutes", "half an hour to two hours"),
        prepare=prepare_scale,
    ),
    _question(
        "channels",
        title=_CHANNELS_TITLE,
        asks=(
            "OpenCV reads blue, green, red; weights are trained on red, green, blue. On colour images, half of the classes pretrained on, the others "
            "learned: `RGB` (reference). `BGR`: learned and used with red and blue swapped. `BGR in use only`: learned right, used swapped. `grey`: no colour "
            "at all. Weights are fine-tuned. Without --data: scikit-learn's digits in coloured ink."
        ),
        quick=("5 s", "2 to 4 minutes"),
        full=("1 to 2 minutes", "half an hour to two hours"),
        prepare=prepare_channels,
    ),
)
