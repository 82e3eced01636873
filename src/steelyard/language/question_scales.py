"""The scales that the questions' answers stand on, and what to know before trusting them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from steelyard.language.baselines.compressor import compressors
from steelyard.language.parts import Parts
from steelyard.language.stream import make_stream
from steelyard.language.vocabulary import Vocabulary
from steelyard.language.weighing import Yardsticks
from steelyard.weigh.scale import Scale


def token_scale(parts: Parts, training: Mapping[str, Any]) -> Scale:
    """Return the scale of nats a test token, in the vocabulary of a model.

    Args:
        parts: training and test text.
        training: the model's arguments: `unit`, and `vocabulary` (most tokens).

    Example:
        >>> texts = tuple("the cat sat on the mat. " * n for n in (40, 8))
        >>> parts = Parts(train=texts[:1], validation=(), test=texts[1:], rule="")
        >>> token_scale(parts, {"unit": "word", "vocabulary": 100}).unit
        'nats per token'
    """
    return _yardsticks(parts, training, orders=(2, 5)).nats_scale()


def byte_scale(parts: Parts, training: Mapping[str, Mapping[str, Any]]) -> Scale:
    """Return the scale of bits a byte of test text: n-grams of characters, the best of words, and compressors.

    Args:
        parts: training and test text.
        training: arguments of the `character` model and of the `word` model.

    Example:
        >>> texts = tuple("the cat sat on the mat. " * n for n in (40, 8))
        >>> parts = Parts(train=texts[:1], validation=(), test=texts[1:], rule="")
        >>> scale = byte_scale(parts, {"character": {"unit": "character"}, "word": {"unit": "word"}})
        >>> [point.name for point in scale.references if "of" in point.name]
        ['Kneser-Ney 5-gram of words']
    """
    squeezed = compressors("".join(parts.test), training="".join(parts.train))
    characters = _yardsticks(parts, training["character"], orders=(2, 5, 8))
    scale = characters.bits_per_byte_scale(compressed=squeezed)
    words = _yardsticks(parts, training["word"], orders=(5,)).bits_per_byte_scale()
    best = next(point for point in words.references if point.name == "Kneser-Ney 5-gram")
    *points, floor = scale.references
    named = replace(best, name=f"{best.name} of words")
    return replace(scale, references=(*points, named, floor))


def _yardsticks(parts: Parts, training: Mapping[str, Any], *, orders: tuple[int, ...]) -> Yardsticks:
    # As `LanguageModel.fit` builds it, so that the numbers are of the same tokens.
    vocabulary = Vocabulary.build(
        parts.train,
        unit=training["unit"],
        limit=training.get("vocabulary"),
        min_count=2 if training["unit"] == "word" else 1,
    )
    learnt, held_out = (make_stream(texts, vocabulary) for texts in (parts.train, parts.test))
    return Yardsticks.measure(learnt, held_out, size=vocabulary.size, orders=orders)


def notes(factor: str, *, setting: str, documents: int, fewest: int) -> tuple[str, ...]:
    """Return what to know before trusting an answer, each a sentence.

    Args:
        factor: of the question.
        setting: `quick` or `full`.
        documents: how many there are.
        fewest: how many it takes to draw whole ones.
    """
    found = [
        "Each seed draws the held-out documents, the initial weights and dropout anew; all levels of a seed share what they can."
        if documents >= fewest
        else "The same text is held out for every seed: what another text would have changed is not in the intervals.",
        "The reference points are those of the first seed's text.",
    ]
    if factor == "context":
        found.append(
            "An LSTM of the last k tokens is trained on windows of k tokens from a zero state; in training it sees 1 to k tokens before the "
            "one it guesses, in the test k."
        )
        found.append("No level is stopped early: n-grams can't look at a validation text.")
    else:
        found.append("The weights of the epoch with the best validation loss are kept.")
        found.append(
            "`initial_nats` is the loss of the first training window, before any step; `early_nats` the mean training loss over the first "
            "tenth of the steps. They and `parameters` describe, they aren't better or worse one way."
        )
    if factor == "unit":
        found.append(
            "Nats per token and perplexity are of different tokens here and can't be compared; bits per byte can, since they count the "
            "spelling of words that the vocabulary doesn't have."
        )
        found.append(
            "The models of words and of characters have about the same training time, not the same sizes."
        )
    if setting == "quick":
        found.append(
            "The quick setting takes at most 200,000 characters, a small network and three epochs; with more of each, answers can turn."
        )
    return tuple(found)
