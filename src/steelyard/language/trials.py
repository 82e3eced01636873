"""One trial of each question: learn a text on one seed, test on text that was held out, hand over the losses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steelyard.language.baselines import KneserNey
from steelyard.language.curves import Curves
from steelyard.language.dataset import dealt
from steelyard.language.levels import CONTEXT, INIT_LOSS, TYING, UNIT
from steelyard.language.model import LanguageModel
from steelyard.language.parts import Parts
from steelyard.language.precision import arithmetic
from steelyard.language.recent import recent_nats
from steelyard.language.stream import Stream, make_stream
from steelyard.language.vocabulary import Vocabulary

if TYPE_CHECKING:
    from steelyard.study.run import Run


class Source(NamedTuple):
    """What `dealt` is called with, the seed apart."""

    data: str | None
    fingerprint: str
    characters: int | None


def unit_trial(
    seed: int,
    run: Run,
    unit: str,
    *,
    data: str | None,
    fingerprint: str,
    characters: int | None,
    training: Mapping[str, Mapping[str, Any]],
) -> dict[str, float]:
    """Return the test losses of a model of words or of characters.

    Args:
        seed: of the parts of the text, initial weights and dropout.
        run: takes learning curves and costs.
        unit: a level of `levels.UNIT`.
        data: what `dataset.load` reads, None for the embedded documentation.
        fingerprint: what the text must be.
        characters: how many of them to take; None: all.
        training: further arguments of `LanguageModel`, of the `character` and of the `word` model.
    """
    level = UNIT[unit]
    chosen = {**training[level["unit"]], **level}
    return _trained_and_scored(seed, run, chosen, Source(data, fingerprint, characters))


def init_loss_trial(
    seed: int,
    run: Run,
    init_loss: str,
    *,
    data: str | None,
    fingerprint: str,
    characters: int | None,
    training: Mapping[str, Any],
) -> dict[str, float]:
    """Return the test losses of a network that begins with given guesses; arguments as for `unit_trial`, of one model."""
    chosen = {**training, **INIT_LOSS[init_loss]}
    return _trained_and_scored(seed, run, chosen, Source(data, fingerprint, characters))


def tying_trial(
    seed: int,
    run: Run,
    tying: str,
    *,
    data: str | None,
    fingerprint: str,
    characters: int | None,
    training: Mapping[str, Any],
) -> dict[str, float]:
    """Return the test losses of a network with or without tied weights; arguments as for `unit_trial`, of one model."""
    chosen = {**training, **TYING[tying]}
    return _trained_and_scored(seed, run, chosen, Source(data, fingerprint, characters))


def dropout_trial(
    seed: int,
    run: Run,
    dropout: float,
    *,
    data: str | None,
    fingerprint: str,
    characters: int | None,
    training: Mapping[str, Any],
) -> dict[str, float]:
    """Return the test losses of a network trained with dropout; arguments as for `unit_trial`, of one model."""
    chosen = {**training, "dropout": dropout}
    return _trained_and_scored(seed, run, chosen, Source(data, fingerprint, characters))


def context_trial(
    seed: int,
    run: Run,
    context: str,
    *,
    data: str | None,
    fingerprint: str,
    characters: int | None,
    training: Mapping[str, Any],
) -> dict[str, float]:
    """Return the test losses of an LSTM with its memory, with the last tokens only, or of counted n-grams.

    An LSTM that knows the last k tokens only is trained on windows of k tokens, every one from a zero state, as many tokens to a step as with
    memory, and tested on each token from the k before it. No level looks at the validation text: n-grams couldn't.

    Args:
        seed: of the parts of the text, initial weights and dropout.
        run: takes learning curves and costs.
        context: a level of `levels.CONTEXT`.
        data: what `dataset.load` reads, None for the embedded documentation.
        fingerprint: what the text must be.
        characters: how many of them to take; None: all.
        training: further arguments of `LanguageModel`.
    """
    parts = dealt(data, fingerprint, characters, seed)
    known = CONTEXT[context]
    if context.endswith("-gram") and known is not None:
        vocabulary = Vocabulary.build(
            parts.train, unit=training["unit"], limit=training["vocabulary"], min_count=2
        )
        counted = KneserNey(order=known + 1).fit(make_stream(parts.train, vocabulary), size=vocabulary.size)
        test = make_stream(parts.test, vocabulary)
        return _losses(counted.score(test), test)
    chosen = dict(training)
    if known is not None:
        chosen |= {"window": known, "batch": chosen["batch"] * chosen["window"] // known, "carry": False}
    model, _ = _trained(seed, run, chosen, parts, validated=False)
    test = make_stream(parts.test, model.vocabulary_)
    if known is None:
        return _losses(model.score_stream(test), test)
    kind = arithmetic(model.precision, model.network_.output.weight.device.type)
    return _losses(recent_nats(model.network_, test, tokens=known, arithmetic=kind), test)


def _trained_and_scored(
    seed: int, run: Run, parameters: Mapping[str, Any], source: Source
) -> dict[str, float]:
    parts = dealt(*source, seed)
    model, curves = _trained(seed, run, parameters, parts, validated=True)
    test = make_stream(parts.test, model.vocabulary_)
    return {
        **_losses(model.score_stream(test), test),
        "initial_nats": curves.first_nats,
        "early_nats": curves.early_nats,
        "parameters": float(sum(weight.numel() for weight in model.network_.parameters())),
    }


def _trained(
    seed: int, run: Run, parameters: Mapping[str, Any], parts: Parts, *, validated: bool
) -> tuple[LanguageModel, Curves]:
    """Return a trained model, and its curves; costs go into a table, since they differ from run to run."""
    # One thread, so that a seed gives the same bits whatever runs beside it.
    model = LanguageModel(
        **{**parameters, "precision": "float32", "threads": 1, "seed": seed, "validation_share": 0.0}
    )
    curves = Curves(run)
    model.fit(parts.train, parts.validation if validated else None, on_progress=curves)
    last = model.history_[-1]
    run.table(
        "cost",
        {
            "tokens trained on": [float(last.tokens)],
            "seconds of training": [last.tokens / last.tokens_per_s],
            "tokens a second": [last.tokens_per_s],
        },
    )
    return model, curves


def _losses(nats: NDArray[np.float64], test: Stream) -> dict[str, float]:
    mean = float(nats.mean())
    return {
        "nats_per_token": mean,
        "bits_per_byte": test.bits_per_byte(nats),
        "perplexity": math.exp(min(mean, 700.0)),  # e^709 is the largest float64
        "unknown": test.unknown / test.tokens,
    }
