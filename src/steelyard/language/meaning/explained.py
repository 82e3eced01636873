"""One text explained: what each token cost, what the model had guessed, and what counts alone would have paid."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from steelyard.errors import InputError
from steelyard.language.meaning.scored import GUESSES, scored
from steelyard.language.meaning.state import Predictor
from steelyard.language.stream import make_stream
from steelyard.language.vocabulary import UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedToken:
    """One token of the text.

    Args:
        text: as it stands.
        known: whether the vocabulary has it.
        nats: -ln of the probability it was given.
        probability: that it was given.
        rank: 1 where it was the first guess.
        unigram_nats: what it would cost by its frequency alone.
        spelling_nats: what spelling it costs beside, 0 where it is known.
        guesses: the most probable tokens with their probabilities, the first guess first.
    """

    text: str
    known: bool
    nats: float
    probability: float
    rank: int
    unigram_nats: float
    spelling_nats: float
    guesses: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A text and its loss.

    Args:
        tokens: of the text.
        nats_per_token: their mean: the loss.
        perplexity: e to it; infinite where it overflows.
        bits_per_byte: all nats, spelling included, in bits a UTF-8 byte.
        uniform_nats: what a token costs where all are equally probable: ln of the vocabulary's size.
        unigram_nats: the mean cost by the tokens' frequencies in the training text.
        right: how many were the first guess.
    """

    tokens: tuple[ExplainedToken, ...]
    nats_per_token: float
    perplexity: float
    bits_per_byte: float
    uniform_nats: float
    unigram_nats: float
    right: int


def explain(model: Predictor, text: str, *, count: int = GUESSES) -> Explained:
    """Return what each token of a text cost a model, and what it had guessed instead.

    The text is read from the beginning of a document. Frequencies are those of the training text, one more of each token
    counted than there were (`baselines.Unigram`).

    Args:
        model: what guesses.
        text: to explain.
        count: guesses a token.

    Raises:
        InputError: a text without tokens, `count` below 1.
    """
    vocabulary = model.vocabulary_
    encoded = vocabulary.encode(text)
    if not len(encoded.ids):
        raise InputError(
            f"the text must hold {vocabulary.unit}s, but holds none; give a text that isn't empty"
        )
    stream = make_stream([text], vocabulary)
    found = scored(model.log_probabilities(stream), stream.ids[1:], count=count)
    frequencies = vocabulary.counts + 1
    unigram = -np.log(frequencies / frequencies.sum())[encoded.ids]
    mean = float(found.nats.mean())
    return Explained(
        tokens=tuple(
            ExplainedToken(
                text=text[encoded.starts[nth] : encoded.starts[nth + 1]],
                known=bool(encoded.ids[nth] != UNKNOWN),
                nats=float(found.nats[nth]),
                probability=float(np.exp(-found.nats[nth])),
                rank=int(found.ranks[nth]),
                unigram_nats=float(unigram[nth]),
                spelling_nats=float(encoded.spelling_nats[nth]),
                guesses=tuple(
                    (vocabulary.tokens[guess], probability)
                    for guess, probability in zip(
                        found.guesses[nth].tolist(), found.probabilities[nth].tolist(), strict=True
                    )
                ),
            )
            for nth in range(len(encoded.ids))
        ),
        nats_per_token=mean,
        perplexity=math.exp(mean) if mean < 700 else math.inf,
        bits_per_byte=stream.bits_per_byte(found.nats),
        uniform_nats=math.log(vocabulary.size),
        unigram_nats=float(unigram.mean()),
        right=int((found.ranks == 1).sum()),
    )
