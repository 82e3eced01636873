"""A passage of text as every state of a training saw it, token by token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.meaning.guesses import changed_most
from steelyard.language.meaning.scored import Scored, scored
from steelyard.language.meaning.state import Predictor, State
from steelyard.language.meaning.terms import Term, terms
from steelyard.language.stream import Stream, make_stream
from steelyard.language.vocabulary import UNKNOWN, Vocabulary

Why = Literal["learned", "worse", "hardest"]
"""The rule by which a token was chosen: its nats fell most, rose most, or are the most at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One token as one state saw it.

    Args:
        nats: -ln of the probability that it was given, the spelling of an unknown token left out.
        rank: 1 where it was the first guess.
        guesses: the most probable tokens, the first guess first.
        probabilities: of the guesses.
    """

    nats: float
    rank: int
    guesses: tuple[str, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A token that says something about the training, chosen by a rule.

    Args:
        at: its place in the passage.
        why: the rule.
    """

    at: int
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage and what each state of the training said of it.

    Args:
        name: of its document.
        tokens: the texts of its tokens, as they stand.
        known: whether each is in the vocabulary.
        seen: what each state said of each token: a tuple of tokens for each state.
        chosen: tokens to look at.
        worked: the place in the passage of the token whose guess is worked in full: of those with a letter or digit, the one whose nats
            fell most.
        first: the terms of that guess's loss in the first state.
        last: and in the last one.
        names: texts of the tokens that these terms name, by id.
    """

    name: str
    tokens: tuple[str, ...]
    known: tuple[bool, ...]
    seen: tuple[tuple[Seen, ...], ...]
    chosen: tuple[Chosen, ...]
    worked: int
    first: tuple[Term, ...]
    last: tuple[Term, ...]
    names: Mapping[int, str]


def passage(
    states: Sequence[State],
    text: str,
    *,
    name: str = "",
    start: int = 0,
    count: int | None = None,
) -> Passage:
    """Return a passage of a document as each state of a training saw it, reading the document from its beginning.

    Args:
        states: of the training, the first one first.
        text: the document.
        name: of the document.
        start: the passage's first token.
        count: the passage's tokens, at most; None for all that follow.

    Raises:
        InputError: no states, or no tokens there.
    """
    if not states:
        raise InputError(
            "a passage must be seen by a state of a model, but there is none; fit with `snapshots=8`"
        )
    vocabulary = states[-1].model.vocabulary_
    encoded = vocabulary.encode(text)
    end = len(encoded.ids) if count is None else min(start + count, len(encoded.ids))
    if not 0 <= start < end:
        raise InputError(
            f"a passage must have a token, but the document has {len(encoded.ids)} and it starts at {start}"
        )
    stream = make_stream([text[: int(encoded.starts[end])]], vocabulary)
    shown = slice(start, end)
    found = [scored(state.model.log_probabilities(stream), stream.ids[1:]) for state in states]
    nats = [each.nats[shown] for each in found]
    learned, worse, hardest = changed_most(nats)
    chosen = [Chosen(at=at, why="learned") for at in learned]
    chosen += [] if worse is None else [Chosen(at=worse, why="worse")]
    chosen += [] if hardest in {each.at for each in chosen} else [Chosen(at=hardest, why="hardest")]
    tokens = tuple(text[encoded.starts[at] : encoded.starts[at + 1]] for at in range(start, end))
    lettered = np.array([any(map(str.isalnum, token)) for token in tokens])
    fell = nats[0] - nats[-1]
    worked = int(np.argmax(np.where(lettered, fell, -np.inf) if lettered.any() else fell))
    first, last = (
        terms(_row(state.model, stream, start + worked), int(stream.ids[start + worked + 1]))
        for state in (states[0], states[-1])
    )
    return Passage(
        name=name,
        tokens=tokens,
        known=tuple((encoded.ids[shown] != UNKNOWN).tolist()),
        seen=tuple(_seen(each, shown, vocabulary) for each in found),
        chosen=tuple(chosen),
        worked=worked,
        first=first,
        last=last,
        names={each.id: vocabulary.tokens[each.id] for each in (*first, *last) if each.id >= 0},
    )


def typical_place(
    nats: NDArray[np.float64], starts: NDArray[np.integer], *, length: int, reach: int = 4000
) -> tuple[int, int]:
    """Return the document and token where the stretch begins whose mean loss is nearest to that of the whole text.

    A stretch lies inside one document, within its first `reach` tokens, and begins with it if it can; where no document is as long,
    the longest one is taken.

    Args:
        nats: of a stream's scored tokens, shape (t - 1,).
        starts: where the documents' marks stand in the stream.
        length: tokens of the stretch.
        reach: how far into a document to look.

    Example:
        >>> typical_place(np.array([1.0, 1, 9, 5, 5, 9, 9, 9]), np.array([0, 3, 6]), length=2)
        (1, 0)
    """
    ends = np.append(starts[1:], len(nats) + 1)
    best, mean = (0, 0), float(nats.mean())
    lengths = ends - starts - 1
    if int(lengths.max()) < length:
        return int(np.argmax(lengths)), 0
    nearest = np.inf
    for document, (begin, tokens) in enumerate(zip(starts.tolist(), lengths.tolist(), strict=True)):
        for first in range(0, min(tokens - length, reach) + 1, length):
            away = abs(float(nats[begin + first : begin + first + length].mean()) - mean)
            if away < nearest:
                best, nearest = (document, first), away
    return best


def _seen(found: Scored, shown: slice, vocabulary: Vocabulary) -> tuple[Seen, ...]:
    return tuple(
        Seen(
            nats=nats,
            rank=rank,
            guesses=tuple(vocabulary.tokens[guess] for guess in guesses),
            probabilities=tuple(probabilities),
        )
        for nats, rank, guesses, probabilities in zip(
            found.nats[shown].tolist(),
            found.ranks[shown].tolist(),
            found.guesses[shown].tolist(),
            found.probabilities[shown].tolist(),
            strict=True,
        )
    )


def _row(model: Predictor, stream: Stream, at: int) -> NDArray[np.float64]:
    """Return a model's probabilities of one token of a stream."""
    first = 0
    for chunk in model.log_probabilities(stream):
        if at < first + len(chunk):
            return np.exp(chunk[at - first].astype(np.float64))
        first += len(chunk)
    raise InputError(f"the model must give a row for token {at}, but gave {first}")
