"""The questions that people ask about actor-critic networks on bags of words, as studies; importing this loads nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steelyard.agents.levels import HEADS, MEASURES, NORMALISE, POSITION, PRENORM
from steelyard.errors import InputError
from steelyard.study.question import Ask, PreparedQuestion, Question, Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from steelyard.stats.verdict import Direction

MARGIN_RETURN: dict[Setting, float] = {"quick": 0.1, "full": 0.2}
MARGIN_RETURN_REASON = "2% of the way from uniformly random to optimal (5.0 on the small variant, 10.7 on the full one): less isn't worth another network"
MARGIN_CORRELATION = 0.2
MARGIN_CORRELATION_REASON = "0.2 of a rank correlation is what tells a number that is a little related from one that isn't; for less nobody would watch another one"
_RULES: dict[Setting, str] = {"quick": "small", "full": "full"}
_TRAINING: dict[Setting, dict[str, Any]] = {"quick": {"steps": 100_000}, "full": {"steps": 800_000}}
"""Arguments of the agent by setting; all others are its defaults."""
_LOOKS = 25
"""Looks at return and geometry along a training."""
_RETURNS: dict[str, Direction] = {"skill": "higher", "greedy_return": "higher"}
_DESCRIBED: dict[str, Direction] = {
    "mean_cosine": "lower",
    "centred_mean_cosine": "lower",
    "cosine_within_bags": "lower",
    "effective_rank": "higher",
    "words_read": "higher",
}

_NORMALISE_TITLE = "Should the latents of words be normalised?"
_COSINE_TITLE = "Does the mean cosine of the latents tell whether an agent learns?"
_PRENORM_TITLE = "Layer norm before or after each part of an encoder layer?"
_HEADS_TITLE = "Does a head need an encoder layer of its own?"
_POSITION_TITLE = "What does a positional code do to an agent on bags, which have no order?"


def prepare_normalise(ask: Ask) -> PreparedQuestion:
    """Return the study of four normalisations of the latents."""
    from steelyard.agents.trials import normalise_trial  # noqa: PLC0415 - loads torch

    return _prepare(
        ask, "normalise", question=_NORMALISE_TITLE, trial=normalise_trial, levels=tuple(NORMALISE)
    )


def prepare_cosine(ask: Ask) -> PreparedQuestion:
    """Return the study of six numbers that one might watch instead of the return."""
    from steelyard.agents.trials import cosine_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "cosine", question=_COSINE_TITLE, trial=cosine_trial, levels=tuple(MEASURES))


def prepare_prenorm(ask: Ask) -> PreparedQuestion:
    """Return the study of post- and pre-norm."""
    from steelyard.agents.trials import prenorm_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "prenorm", question=_PRENORM_TITLE, trial=prenorm_trial, levels=tuple(PRENORM))


def prepare_heads(ask: Ask) -> PreparedQuestion:
    """Return the study of heads with an encoder layer and without."""
    from steelyard.agents.trials import heads_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "heads", question=_HEADS_TITLE, trial=heads_trial, levels=tuple(HEADS))


def prepare_position(ask: Ask) -> PreparedQuestion:
    """Return the study of a positional code, on sorted and on shuffled words."""
    from steelyard.agents.trials import position_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "position", question=_POSITION_TITLE, trial=position_trial, levels=tuple(POSITION))


def _prepare(
    ask: Ask, factor: str, *, question: str, trial: Callable[..., dict[str, float]], levels: Sequence[str]
) -> PreparedQuestion:
    from steelyard.agents.question_scales import notes, scale_of  # noqa: PLC0415 - loads numpy
    from steelyard.environments.satchel.rules import rules_called  # noqa: PLC0415
    from steelyard.study.study import Study  # noqa: PLC0415 - loads the store

    if ask.data is not None:
        raise InputError(
            f"questions about agents must be asked without --data, since they play Satchel, but got {ask.data}; "
            "train on your own environment with `steelyard.agents.Agent`"
        )
    rules = rules_called(_RULES[ask.setting])
    cosine = factor == "cosine"
    margin, reason = (
        (MARGIN_CORRELATION, MARGIN_CORRELATION_REASON)
        if cosine
        else (MARGIN_RETURN[ask.setting], MARGIN_RETURN_REASON)
    )
    shuffled = factor == "position"  # there is no geometry of what has no table
    secondary = _RETURNS if shuffled else {**_RETURNS, **_DESCRIBED}
    study = Study(
        question,
        trial=trial,
        factors={"measure" if cosine else factor: levels},
        metric="rank_correlation" if cosine else "return",
        direction="higher",
        unit="" if cosine else "reward per episode",
        margin=margin if ask.margin is None else ask.margin,
        margin_reason=reason if ask.margin is None else "chosen by whoever asked",
        name=f"agents.{factor}",
        parameters={
            "rules": _RULES[ask.setting],
            "training": dict(_TRAINING[ask.setting]),
            "looks": _LOOKS,
        },
        secondary={} if cosine else secondary,
        max_pairs=ask.max_pairs,
    )
    return PreparedQuestion(
        study=study,
        scale=scale_of(factor, rules),
        data={
            "environment": f"Satchel, {_RULES[ask.setting]}: {rules.states:,} bags of {len(rules.words)} words, {rules.horizon} steps an episode",
            "training": f"PPO, {_TRAINING[ask.setting]['steps']:,} steps",
        },
        notes=notes(factor, setting=ask.setting),
    )


_QUICK = "PPO on the small variant of Satchel (462 bags), 100,000 steps; about {trial} a trial, {total} in all on two cores"
_FULL = "PPO on Satchel (3,003 bags), 800,000 steps; about {trial} a trial, {total} in all on two cores"


def _question(
    factor: str,
    *,
    title: str,
    asks: str,
    times: tuple[str, str, str, str],
    prepare: Callable[[Ask], PreparedQuestion],
) -> Question:
    """Return the catalogue's entry; times are of a trial and the whole, quick and full."""
    cosine = factor == "cosine"
    return Question(
        name=f"agents.{factor}",
        title=title,
        asks=asks,
        quick=_QUICK.format(trial=times[0], total=times[1]),
        full=_FULL.format(trial=times[2], total=times[3]),
        margin=MARGIN_CORRELATION if cosine else MARGIN_RETURN["quick"],
        margin_reason=MARGIN_CORRELATION_REASON if cosine else MARGIN_RETURN_REASON,
        prepare=prepare,
    )


QUESTIONS: tuple[Question, ...] = (
    _question(
        "normalise",
        title=_NORMALISE_TITLE,
        asks=(
            "The latent words that leave the body of an actor-critic network have a mean cosine above .99: should they be normalised? `none` "
            "(reference): as they are. `unit length`: divided by their length, which changes no cosine. `layer norm`: mean 0 and spread 1 over the "
            "features of each. `centred`: less the mean of the bag's words, which takes the shared mean away."
        ),
        times=("20 s", "1 to 10 minutes", "5 minutes", "half an hour to 3 hours"),
        prepare=prepare_normalise,
    ),
    _question(
        "cosine",
        title=_COSINE_TITLE,
        asks=(
            "Evaluating an agent is costly, a mean cosine is cheap: does it go along with the return? Metric is the rank correlation of a number with the "
            "exact return along the training, signed as one hopes it goes. `step` (reference): how long it has trained. `mean cosine`, `centred mean "
            "cosine`, `cosine within bags`, `effective rank` and `words read` (by a linear probe): of the body's latents."
        ),
        times=("20 s for all six measures", "2 to 10 minutes", "5 minutes", "half an hour to 2 hours"),
        prepare=prepare_cosine,
    ),
    _question(
        "prenorm",
        title=_PRENORM_TITLE,
        asks=(
            "`post-norm` (reference): as `nn.TransformerEncoderLayer` has it by default (Vaswani et al. 2017). `pre-norm`: norm_first=True (Xiong et al. 2020), "
            "whose latents share a larger mean."
        ),
        times=("20 s", "1 to 6 minutes", "5 minutes", "20 minutes to 2 hours"),
        prepare=prepare_prenorm,
    ),
    _question(
        "heads",
        title=_HEADS_TITLE,
        asks=(
            "`encoder layer` (reference): actor and critic each have an encoder layer of their own before their linear one. `linear`: they read the mean "
            "of the body's words directly."
        ),
        times=("20 s", "1 to 6 minutes", "5 minutes", "20 minutes to 2 hours"),
        prepare=prepare_heads,
    ),
    _question(
        "position",
        title=_POSITION_TITLE,
        asks=(
            "`none` (reference): the order of the words can't matter. `code, words sorted`: a sinusoidal code of the place is added, and words always come in "
            "the same order. `code, words shuffled`: the same code, and a bag comes in another order each time."
        ),
        times=("20 s", "1 to 8 minutes", "5 minutes", "half an hour to 3 hours"),
        prepare=prepare_position,
    ),
)
