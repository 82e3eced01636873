"""The questions that people ask about models of language, as studies; importing this loads nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steelyard.language.levels import CONTEXT, DROPOUT, INIT_LOSS, TYING, UNIT
from steelyard.study.question import Ask, PreparedQuestion, Question, Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MARGIN_NATS = 0.05
MARGIN_NATS_REASON = (
    "0.05 nats a token is 5% of the perplexity, and about a twentieth of what knowing the last word is worth on the embedded text "
    "(unigram to bigram: 1.1 nats)"
)
MARGIN_BITS = 0.03
MARGIN_BITS_REASON = "0.03 bits a byte is about 1.5% of the size of a text that is compressed with such a model; less isn't worth another vocabulary"
_WORD: dict[Setting, dict[str, Any]] = {
    "quick": {
        "unit": "word",
        "vocabulary": 4000,
        "embedding": 128,
        "hidden": 128,
        "tied": True,
        "dropout": 0.2,
        "batch": 6,
        "window": 32,
        "epochs": 3,
        "learning_rate": 0.01,
    },
    "full": {
        "unit": "word",
        "vocabulary": 5000,
        "embedding": 192,
        "hidden": 192,
        "tied": True,
        "dropout": 0.3,
        "batch": 16,
        "window": 40,
        "epochs": 6,
        "learning_rate": 0.006,
    },
}
"""Arguments of the model of words by setting."""
_CHARACTER: dict[Setting, dict[str, Any]] = {
    "quick": {
        "unit": "character",
        "embedding": 32,
        "hidden": 128,
        "batch": 8,
        "window": 64,
        "epochs": 3,
        "learning_rate": 0.012,
    },
    "full": {
        "unit": "character",
        "embedding": 64,
        "hidden": 320,
        "dropout": 0.1,
        "batch": 16,
        "window": 100,
        "epochs": 4,
        "learning_rate": 0.006,
    },
}
"""Arguments of the model of characters by setting; about the same training time as the model of words."""
_CHARACTERS: dict[Setting, int | None] = {"quick": 200_000, "full": None}
"""How much of the text is taken; None: all."""
_LOSSES: dict[str, Any] = {"bits_per_byte": "lower", "nats_per_token": "lower", "perplexity": "lower"}
_TRAINED: dict[str, Any] = {"initial_nats": "lower", "early_nats": "lower", "parameters": "lower"}

_UNIT_TITLE = "Words or characters: which unit should a model of language guess?"
_CONTEXT_TITLE = "Does the LSTM's memory earn its keep against the last few words, and against counting them?"
_INIT_LOSS_TITLE = "Does it matter in the end whether the loss begins at ln V?"
_TYING_TITLE = "Should the softmax's weights be the embedding's?"
_DROPOUT_TITLE = "How much dropout?"


def prepare_unit(ask: Ask) -> PreparedQuestion:
    """Return the study of words against characters on the text that was asked about."""
    from steelyard.language.trials import unit_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "unit", question=_UNIT_TITLE, trial=unit_trial, levels=tuple(UNIT))


def prepare_context(ask: Ask) -> PreparedQuestion:
    """Return the study of an LSTM with memory, without, and of a 5-gram on the text that was asked about."""
    from steelyard.language.trials import context_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "context", question=_CONTEXT_TITLE, trial=context_trial, levels=tuple(CONTEXT))


def prepare_init_loss(ask: Ask) -> PreparedQuestion:
    """Return the study of three initial guesses on the text that was asked about."""
    from steelyard.language.trials import init_loss_trial  # noqa: PLC0415 - loads torch

    return _prepare(
        ask, "init-loss", question=_INIT_LOSS_TITLE, trial=init_loss_trial, levels=tuple(INIT_LOSS)
    )


def prepare_tying(ask: Ask) -> PreparedQuestion:
    """Return the study of tied weights on the text that was asked about."""
    from steelyard.language.trials import tying_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "tying", question=_TYING_TITLE, trial=tying_trial, levels=tuple(TYING))


def prepare_dropout(ask: Ask) -> PreparedQuestion:
    """Return the study of four shares of dropout on the text that was asked about."""
    from steelyard.language.trials import dropout_trial  # noqa: PLC0415 - loads torch

    return _prepare(ask, "dropout", question=_DROPOUT_TITLE, trial=dropout_trial, levels=DROPOUT)


def _prepare(
    ask: Ask, factor: str, *, question: str, trial: Callable[..., dict[str, float]], levels: Sequence[Any]
) -> PreparedQuestion:
    from steelyard.language.dataset import FEWEST_DOCUMENTS, dealt, describe, load, taken  # noqa: PLC0415
    from steelyard.language.question_scales import byte_scale, notes, token_scale  # noqa: PLC0415
    from steelyard.study.study import Study  # noqa: PLC0415 - loads the store

    data = ask.path
    documents = load(data)
    characters = _CHARACTERS[ask.setting]
    parts = dealt(data, documents.fingerprint, characters, 0)
    word, character = _WORD[ask.setting], _CHARACTER[ask.setting]
    by_bytes = factor == "unit"
    training: dict[str, Any] = {"word": word, "character": character} if by_bytes else dict(word)
    scale = byte_scale(parts, training) if by_bytes else token_scale(parts, word)
    metric = "bits_per_byte" if by_bytes else "nats_per_token"
    own, why = (MARGIN_BITS, MARGIN_BITS_REASON) if by_bytes else (MARGIN_NATS, MARGIN_NATS_REASON)
    margin, reason = ask.margin_or(own, reason=why)
    secondary = {name: better for name, better in _LOSSES.items() if name != metric}
    study = Study(
        question,
        trial=trial,
        factors={factor.replace("-", "_"): levels},
        metric=metric,
        unit=scale.unit,
        margin=margin,
        margin_reason=reason,
        name=f"language.{factor}",
        parameters={
            "data": data,
            "fingerprint": documents.fingerprint,
            "characters": characters,
            "training": training,
        },
        data_fingerprint=documents.fingerprint,
        secondary=secondary if factor == "context" else {**secondary, **_TRAINED},
        max_pairs=ask.max_pairs,
    )
    count = len(taken(documents, characters).texts)
    return PreparedQuestion(
        study=study,
        scale=scale,
        data=describe(documents, characters=characters),
        notes=notes(factor, setting=ask.setting, documents=count, fewest=FEWEST_DOCUMENTS),
    )


_QUICK = "3 epochs of an LSTM of 128 units on 160,000 characters; about {trial} a trial, {total} in all on two cores"
_FULL = "{epochs} epochs of an LSTM of {hidden} units on four fifths of the text; about {trial} a trial, {total} in all on two cores"


def _question(
    factor: str,
    *,
    title: str,
    asks: str,
    times: tuple[str, str, str, str],
    prepare: Callable[[Ask], PreparedQuestion],
) -> Question:
    """Return the catalogue's entry; times are of a trial and the whole, quick and full."""
    by_bytes = factor == "unit"
    epochs, hidden = ("4 to 6", "192 (words) or 320 (characters)") if by_bytes else ("6", "192")
    return Question(
        name=f"language.{factor}",
        title=title,
        asks=asks,
        quick=_QUICK.format(trial=times[0], total=times[1]),
        full=_FULL.format(epochs=epochs, hidden=hidden, trial=times[2], total=times[3]),
        margin=MARGIN_BITS if by_bytes else MARGIN_NATS,
        margin_reason=MARGIN_BITS_REASON if by_bytes else MARGIN_NATS_REASON,
        prepare=prepare,
    )


QUESTIONS: tuple[Question, ...] = (
    _question(
        "unit",
        title=_UNIT_TITLE,
        asks=(
            "The loss of a model of words is about 4, that of a model of characters about 2: is it better? They guess different things; in bits a "
            "byte of text they can be compared. `character` (reference): guesses one character after the other. `word`: guesses words, and "
            "spells those that it doesn't know byte by byte. `word, 500 known`: knows the 500 most frequent words only: its loss a token is "
            "lower, since unknown words are easy to guess as long as nobody asks which."
        ),
        times=("10 s", "1 to 4 minutes", "5 minutes", "half an hour to 2 hours"),
        prepare=prepare_unit,
    ),
    _question(
        "context",
        title=_CONTEXT_TITLE,
        asks=(
            "An LSTM can remember a whole document: does it gain from that? `memory` (reference): the LSTM with its state carried on. `last 16 "
            "tokens`, `last 4 tokens`, `last token`: the same LSTM, trained and tested with nothing but the last tokens. `5-gram`: the last 4 "
            "tokens, counted and smoothed (Kneser-Ney), without a network."
        ),
        times=("10 s", "2 to 5 minutes", "5 minutes", "40 minutes to 3 hours"),
        prepare=prepare_context,
    ),
    _question(
        "init-loss",
        title=_INIT_LOSS_TITLE,
        asks=(
            "An untrained network should guess all V tokens alike, a loss of ln V: what if it starts elsewhere? `uniform` (reference): logits near "
            "zero, ln V. `unigram`: biases set to the log of how often each token occurs. `large`: random biases with a standard deviation of 5, "
            "confident nonsense."
        ),
        times=("10 s", "1 to 4 minutes", "5 minutes", "half an hour to 2 hours"),
        prepare=prepare_init_loss,
    ),
    _question(
        "tying",
        title=_TYING_TITLE,
        asks=(
            "The embedding has a row for each word, and so does the softmax: should they be the same (Press and Wolf 2017)? `untied` "
            "(reference): each has its own. `tied`: one matrix serves both."
        ),
        times=("10 s", "1 to 3 minutes", "5 minutes", "20 minutes to an hour"),
        prepare=prepare_tying,
    ),
    _question(
        "dropout",
        title=_DROPOUT_TITLE,
        asks=(
            "Which share of the LSTM's features should be dropped in training, before the softmax (Zaremba et al. 2014)? `0.0` "
            "(reference): none. The others: that share."
        ),
        times=("10 s", "1 to 5 minutes", "5 minutes", "40 minutes to 2 hours"),
        prepare=prepare_dropout,
    ),
)
