"""What happened in one training while its loss fell, measured and gathered: what the page shows and the JSON holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from steelyard.errors import InputError
from steelyard.language.baselines.compressor import compressors
from steelyard.language.meaning.curve import CurvePoint
from steelyard.language.meaning.drop import Drop, drop
from steelyard.language.meaning.frequency import by_frequency
from steelyard.language.meaning.guesses import RightGuesses, right_guesses
from steelyard.language.meaning.held_out import HeldOut, spread_out
from steelyard.language.meaning.known_source import KnownSource
from steelyard.language.meaning.novelty import LONGEST, by_context, by_continuation, longest_seen
from steelyard.language.meaning.passage import Passage, passage, typical_place
from steelyard.language.meaning.position import by_position
from steelyard.language.meaning.reliability import (
    ALL_EDGES,
    Reliability,
    all_guesses_reliability,
    first_guess_reliability,
)
from steelyard.language.meaning.scored import scored
from steelyard.language.meaning.state import State
from steelyard.language.stream import Stream, make_stream
from steelyard.language.weighing import Yardsticks

MEASURED = 20_000
"""Held-out tokens that every state is asked for, about."""
SHOWN = {"character": 360, "word": 120}
"""Tokens of the passage that is coloured."""

OnState = Callable[[int, int], None]
"""Called with how many states have been measured, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """What a predictor that needs no network gets on the same held-out text.

    Args:
        name: of it.
        nats: a token; None where it doesn't guess tokens (a compressor).
        bits_per_byte: of the text, the spelling of unknown tokens included.
        meaning: what it does, a few words.
    """

    name: str
    nats: float | None
    bits_per_byte: float
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFacts:
    """One state of the training on the held-out text."""

    step: int
    tokens: int
    bits_per_byte: float
    guesses: RightGuesses


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One training, told by measurements on text that it never saw.

    Args:
        source: where the text is from.
        unit: `character` or `word`.
        vocabulary: tokens of the vocabulary, the two special ones included.
        training_tokens: of the training text.
        training_documents: of the training text.
        measured_tokens: held-out tokens that the figures rest on.
        measured_documents: documents that they are from.
        measured_unknown: how many of them are not in the vocabulary.
        copied: share of them that end a run of 32 tokens or more that the training text has word for word: no longer new text.
        states: of the training on the held-out text, the first one first.
        curve: what training reported.
        yardsticks: the worst first, in bits a byte.
        drops: the drop from the first state to the last, in parts, by each grouping.
        passages: coloured: one of the held-out text, then the sentences that were asked for.
        first_guess: reliability of the first guesses at the end.
        all_guesses: reliability of all guesses at the end.
        known: the training on a source of known entropy, if it was run.
        parameters: of the model.
        seed: of the bootstrap.
        fingerprint: of the texts.
    """

    source: str
    unit: str
    vocabulary: int
    training_tokens: int
    training_documents: int
    measured_tokens: int
    measured_documents: int
    measured_unknown: int
    copied: float
    states: tuple[StateFacts, ...]
    curve: tuple[CurvePoint, ...]
    yardsticks: tuple[Yardstick, ...]
    drops: tuple[Drop, ...]
    passages: tuple[Passage, ...]
    first_guess: Reliability
    all_guesses: Reliability
    known: KnownSource | None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    fingerprint: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the story as plain JSON values; what isn't a number (nan, infinity) is None."""
        record: dict[str, Any] = _plain(asdict(replace(self, parameters=dict(self.parameters))))
        return record


def tell(
    states: Sequence[State],
    training: Sequence[str],
    held_out: Sequence[str],
    *,
    seed: int,
    names: Sequence[str] | None = None,
    sentences: Sequence[str] = (),
    curve: Sequence[CurvePoint] = (),
    known: KnownSource | None = None,
    source: str = "",
    parameters: Mapping[str, Any] | None = None,
    fingerprint: str = "",
    measured: int = MEASURED,
    on_state: OnState | None = None,
) -> Story:
    """Return what happened between the states of one training, measured on text that was held out.

    Args:
        states: of the training, in order: two or more, with one vocabulary.
        training: the texts that were trained on.
        held_out: texts that were not.
        seed: of the bootstrap; same seed, same intervals.
        names: of the held-out documents.
        sentences: further texts to show.
        curve: what training reported.
        known: a training on a source of known entropy.
        source: where the text is from.
        parameters: of the model.
        fingerprint: of the texts.
        measured: held-out tokens to ask every state for, about; documents are taken evenly spread.
        on_state: called after each state.

    Raises:
        InputError: fewer than two states, states with different vocabularies, a held-out text of fewer than 8 tokens, a state that
            gives nan.

    When it is wrong: held-out text that the training text also has (a licence in every file, say) flatters every figure. The figures
    describe this text and this training; another seed's training is another one.
    """
    vocabulary = _checked(states)
    text = spread_out(held_out, vocabulary, most=measured, names=names)
    stream, trained = text.stream, make_stream(training, vocabulary)
    if stream.tokens < 8:
        raise InputError(
            f"the held-out text must have 8 or more tokens, but has {stream.tokens}; hold out more"
        )
    targets = stream.ids[1:]
    seen = []
    for nth, state in enumerate(states, start=1):
        edges = ALL_EDGES if nth == len(states) else None
        found = scored(state.model.log_probabilities(stream), targets, edges=edges)
        seen.append(found)
        if on_state is not None:
            on_state(nth, len(states))
    known_runs = longest_seen(stream.ids, trained.ids)
    groupings = (
        by_frequency(targets, vocabulary.counts),
        by_context(known_runs),
        by_continuation(known_runs),
        by_position(stream.starts_of_documents, len(stream.ids)),
    )
    count = SHOWN[vocabulary.unit]
    document, start = typical_place(seen[-1].nats, stream.starts_of_documents, length=count)
    shown = [passage(states, text.texts[document], name=text.names[document], start=start, count=count)]
    shown += [passage(states, sentence, name="Your sentence") for sentence in sentences]
    return Story(
        source=source,
        unit=vocabulary.unit,
        vocabulary=vocabulary.size,
        training_tokens=trained.tokens,
        training_documents=len(training),
        measured_tokens=stream.tokens,
        measured_documents=len(text.texts),
        measured_unknown=stream.unknown,
        copied=float((known_runs[1:] >= LONGEST).mean()),
        states=tuple(
            StateFacts(
                step=state.step,
                tokens=state.tokens,
                bits_per_byte=stream.bits_per_byte(found.nats),
                guesses=right_guesses(found),
            )
            for state, found in zip(states, seen, strict=True)
        ),
        curve=tuple(curve),
        yardsticks=yardsticks(trained, stream, size=vocabulary.size, training=training, text=text),
        drops=tuple(drop(seen[0].nats, seen[-1].nats, grouping) for grouping in groupings),
        passages=tuple(shown),
        first_guess=first_guess_reliability(seen[-1], seed=seed),
        all_guesses=all_guesses_reliability(seen[-1], seed=seed),
        known=known,
        parameters=dict(parameters or {}),
        seed=seed,
        fingerprint=fingerprint,
    )


def yardsticks(
    trained: Stream, stream: Stream, *, size: int, training: Sequence[str], text: HeldOut
) -> tuple[Yardstick, ...]:
    """Return what predictors without a network get on the held-out text, the worst first in bits a byte.

    Args:
        trained: the training text.
        stream: the held-out text.
        size: of the vocabulary.
        training: the texts of `trained`, for the compressor.
        text: those of `stream`.
    """
    orders = (2, 5, 8) if text.unit == "character" else (2, 5)
    measured = Yardsticks.measure(trained, stream, size=size, orders=orders)
    nats, bits = measured.nats_scale(), measured.bits_per_byte_scale()
    found = [
        Yardstick(name=point.name, nats=point.value, bits_per_byte=other.value, meaning=point.meaning)
        for point, other in zip(nats.references, bits.references, strict=True)
        if point.name in measured.nats
    ]
    lzma = compressors("".join(text.texts), training="".join(training))[0]
    if lzma.given_bits_per_byte is not None:
        found.append(
            Yardstick(
                name="lzma",
                nats=None,
                bits_per_byte=lzma.given_bits_per_byte,
                meaning="a compressor that has read the training text",
            )
        )
    return tuple(sorted(found, key=lambda each: -each.bits_per_byte))


def _checked(states: Sequence[State]) -> Any:
    if len(states) < 2:
        raise InputError(
            f"a story needs two or more states of a training, but got {len(states)}; fit with `snapshots=8`"
        )
    vocabulary = states[-1].model.vocabulary_
    if any(state.model.vocabulary_.tokens != vocabulary.tokens for state in states):
        raise InputError("the states must be of one training, but their vocabularies differ")
    return vocabulary


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case bool() | np.bool_():
            return bool(value)
        case float() | np.floating():
            return float(value) if math.isfinite(value) else None
        case np.integer() | int():
            return int(value)
        case _:
            return value if value is None else str(value)
