"""The questions that people ask about topics, as studies; importing this loads nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steelyard.study.question import Ask, PreparedQuestion, Question, Setting
from steelyard.topics.levels import ALPHA, BETA, TOPICS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MARGIN_NATS = 0.01
MARGIN_REASON = (
    "0.01 nats a word is 1% of the perplexity; the start of the chain alone moves it by about as much, and nobody would see such a "
    "difference in the topics"
)
_BUDGETS: dict[Setting, dict[str, int]] = {
    "quick": {"topics": 20, "sweeps": 200},
    "full": {"topics": 50, "sweeps": 1000},
}
_SECONDARY: dict[str, Any] = {
    "perplexity": "lower",
    "impossible": "lower",
    "npmi": "higher",
    "topics_per_document": "lower",
    "words_per_topic": "lower",
}
_ALPHA_TITLE = "Why alpha, and what if it is deleted?"
_BETA_TITLE = "Why beta, and what if it is deleted?"
_K_TITLE = "How many topics?"


def prepare_alpha(ask: Ask) -> PreparedQuestion:
    """Return the study of alpha from 0 up, and learned, on the documents that were asked about."""
    from steelyard.topics.trials import alpha_trial  # noqa: PLC0415 - loads the compiler

    return _prepare(ask, "alpha", question=_ALPHA_TITLE, trial=alpha_trial, levels=tuple(ALPHA))


def prepare_beta(ask: Ask) -> PreparedQuestion:
    """Return the study of beta from 0 up, and learned, on the documents that were asked about."""
    from steelyard.topics.trials import beta_trial  # noqa: PLC0415 - loads the compiler

    return _prepare(ask, "beta", question=_BETA_TITLE, trial=beta_trial, levels=tuple(BETA))


def prepare_k(ask: Ask) -> PreparedQuestion:
    """Return the study of the number of topics on the documents that were asked about."""
    from steelyard.topics.trials import k_trial  # noqa: PLC0415 - loads the compiler

    return _prepare(ask, "k", question=_K_TITLE, trial=k_trial, levels=TOPICS[ask.setting])


def _prepare(
    ask: Ask, factor: str, *, question: str, trial: Callable[..., dict[str, float]], levels: Sequence[Any]
) -> PreparedQuestion:
    from steelyard.study.study import Study  # noqa: PLC0415 - loads the store
    from steelyard.topics.dataset import describe, load, split  # noqa: PLC0415 - loads numpy
    from steelyard.topics.weighing import held_out_scale, notes  # noqa: PLC0415 - loads scipy

    data = ask.path
    corpus = load(data)
    scale = held_out_scale(split(corpus, seed=0), seed=0)
    budget = dict(_BUDGETS[ask.setting])
    if factor == "k":
        del budget["topics"]
    margin, reason = ask.margin_or(MARGIN_NATS, reason=MARGIN_REASON)
    study = Study(
        question,
        trial=trial,
        factors={factor: levels},
        metric="held_out",
        unit=scale.unit,
        margin=margin,
        margin_reason=reason,
        name=f"topics.{factor}",
        parameters={"data": data, "fingerprint": corpus.fingerprint, **budget},
        data_fingerprint=corpus.fingerprint,
        secondary=_SECONDARY,
        max_pairs=ask.max_pairs,
    )
    return PreparedQuestion(
        study=study, scale=scale, data=describe(corpus, data), notes=notes(setting=ask.setting)
    )


_QUICK = "{topics} topics, 200 sweeps over four fifths of the documents; about {trial} a trial, {total} in all on two cores"
_FULL = "{topics} topics, 1,000 sweeps; about {trial} a trial, {total} in all on two cores"


def _question(
    factor: str,
    *,
    title: str,
    asks: str,
    topics: tuple[str, str],
    times: tuple[str, str, str, str],
    prepare: Callable[[Ask], PreparedQuestion],
) -> Question:
    """Return the catalogue's entry; times are of a trial and the whole, quick and full."""
    return Question(
        name=f"topics.{factor}",
        title=title,
        asks=asks,
        quick=_QUICK.format(topics=topics[0], trial=times[0], total=times[1]),
        full=_FULL.format(topics=topics[1], trial=times[2], total=times[3]),
        margin=MARGIN_NATS,
        margin_reason=MARGIN_REASON,
        prepare=prepare,
    )


QUESTIONS: tuple[Question, ...] = (
    _question(
        "alpha",
        title=_ALPHA_TITLE,
        asks=(
            "The Gibbs update has (tokens of the document in the topic + alpha): why alpha, and what if it is deleted? `learn` (reference): one "
            "alpha for each topic, learned from the documents (Wallach 2009). Numbers: the same alpha for all. `0`: deleted: a topic that has "
            "left a document never returns. `0, and beta 0`: both deleted. Beta is learned otherwise."
        ),
        topics=("20", "50"),
        times=("3 s", "2 minutes", "8 s", "5 minutes"),
        prepare=prepare_alpha,
    ),
    _question(
        "beta",
        title=_BETA_TITLE,
        asks=(
            "The Gibbs update has (tokens of the word in the topic + beta) / (tokens of the topic + V beta): why beta, and what if it is deleted? "
            "`learn` (reference): one beta, learned from the documents. Numbers: that beta. `0`: deleted: a word that has left a topic never "
            "returns, and the topics freeze. Alpha is learned."
        ),
        topics=("20", "50"),
        times=("3 s", "2 minutes", "8 s", "5 minutes"),
        prepare=prepare_beta,
    ),
    _question(
        "k",
        title=_K_TITLE,
        asks=(
            "How many topics do these documents have? Both priors are learned; the number that foretells held-out documents best is asked for, and "
            "how coherent the topics are beside it. The first level is the reference."
        ),
        topics=("2 to 400", "2 to 400"),
        times=("4 s", "2 minutes", "15 s", "10 minutes"),
        prepare=prepare_k,
    ),
)
