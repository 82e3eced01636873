"""A training on a source whose entropy is known: how the loss comes down to H, and what is left is KL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.meaning.divergence import Divergence, divergence
from steelyard.language.meaning.state import Predictor, State
from steelyard.language.source import MarkovSource
from steelyard.language.stream import make_stream
from steelyard.language.vocabulary import UNKNOWN, Vocabulary

ORDER = 2
"""Characters that the source's next one depends on."""
DRAWN = 200_000
"""Characters that are drawn to train on."""
HELD_OUT = 20_000
"""Further characters that are drawn to measure on."""
_LEAST_SEEN = 20
"""Times that a character must be expected among those drawn to be in the source."""

Train = Callable[[str], Sequence[State]]
"""Trains a model of characters on a text and returns its states, the first one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownState:
    """One state of the training on the source; see `divergence.Divergence` for the terms."""

    step: int
    tokens: int
    loss_nats: float
    cross_entropy_nats: float
    entropy_nats: float
    divergence_nats: float
    luck_nats: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A context that the model doesn't know well yet.

    Args:
        context: its characters.
        share: how often it came, 0 to 1.
        divergence_nats: mean KL after it.
        part_nats: its part of the divergence: share times divergence.
        likely: the three most probable next characters, with the source's and the model's mean probability.
    """

    context: str
    share: float
    divergence_nats: float
    part_nats: float
    likely: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSource:
    """A training on a source of known entropy.

    Args:
        order: characters that the next one depends on.
        characters: different ones.
        contexts: different ones that the source has.
        entropy_nats: H of the source, exact: what no model's loss comes below, on average.
        drawn: characters trained on.
        measured: characters measured on.
        states: of the training, the first one first.
        gaps: contexts with the largest parts of what is left at the end, the largest first.
    """

    order: int
    characters: int
    contexts: int
    entropy_nats: float
    drawn: int
    measured: int
    states: tuple[KnownState, ...]
    gaps: tuple[Gap, ...]


def known_source(
    documents: Sequence[str],
    train: Train,
    *,
    seed: int,
    order: int = ORDER,
    drawn: int = DRAWN,
    held_out: int = HELD_OUT,
) -> KnownSource:
    """Return how a model learns a source that is as uncertain as a text, but whose probabilities are known.

    A Markov source is fitted to the documents' characters; a model is trained on what is drawn from it and measured on further
    characters, at each of its states. On the page of a training this is the experiment that shows what can be learned and what can't.

    Args:
        documents: texts whose characters the source imitates.
        train: trains a model on a text.
        seed: of the draws; the same seed draws the same characters.
        order: characters that the next one depends on.
        drawn: characters to train on.
        held_out: characters to measure on.

    Raises:
        InputError: texts that are too short for the order, or fewer than 2 characters that come often enough.

    When it is wrong: it says what cross-entropy is made of, not how good the model of the text itself is; the text's entropy is not known.
    """
    source, alphabet = _source(documents, order=order, drawn=drawn)
    text = alphabet.decode(source.sample(drawn + held_out + order, seed=seed))
    training, rest = text[:drawn], text[drawn:]
    states = train(training)
    if not states:
        raise InputError("`train` must return at least one state, but returned none")
    p, contexts = _probabilities(source, alphabet, rest)
    found = [_measured(state.model, alphabet, rest, p, order=order) for state in states]
    return KnownSource(
        order=order,
        characters=alphabet.size - 2,
        contexts=len(source.contexts),
        entropy_nats=source.entropy_nats,
        drawn=drawn,
        measured=len(p),
        states=tuple(
            KnownState(
                step=state.step,
                tokens=state.tokens,
                loss_nats=each.loss_nats,
                cross_entropy_nats=each.cross_entropy_nats,
                entropy_nats=each.entropy_nats,
                divergence_nats=each.divergence_nats,
                luck_nats=each.luck_nats,
            )
            for state, each in zip(states, found, strict=True)
        ),
        gaps=_gaps(states[-1].model, alphabet, rest, p=p, contexts=contexts, found=found[-1]),
    )


def _source(documents: Sequence[str], *, order: int, drawn: int) -> tuple[MarkovSource, Vocabulary]:
    """Return a source of the characters that will be drawn often enough for a model to have met each of them."""
    length = sum(map(len, documents))
    least = max(-(-_LEAST_SEEN * length // drawn), 2)
    alphabet = Vocabulary.build(documents, unit="character", min_count=least)
    if alphabet.size < 4:
        raise InputError(
            f"the texts must have 2 characters that come {least} or more times, but have {alphabet.size - 2}; give more text"
        )
    ids = make_stream(documents, alphabet).ids
    return MarkovSource.fit(ids[ids > 1], order=order, size=alphabet.size), alphabet


def _probabilities(
    source: MarkovSource, alphabet: Vocabulary, text: str
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the source's probabilities of each character of a text but the first `order`, and the ids of their contexts."""
    ids = alphabet.encode(text).ids
    contexts = np.lib.stride_tricks.sliding_window_view(ids, source.order)[:-1].astype(np.int64)
    kinds, own = np.unique(contexts, axis=0, return_inverse=True)
    return source.conditional(kinds)[own.reshape(-1)], contexts


def _rows(model: Predictor, alphabet: Vocabulary, text: str, *, order: int) -> NDArray[np.float64]:
    """Return a model's log probabilities of the alphabet's characters at each character of a text but the first `order`.

    A model that was never shown one of the characters has no probability for it but that of the unknown token; the source's
    characters that it can't name share it.
    """
    stream = make_stream([text], model.vocabulary_)
    rows = np.concatenate(list(model.log_probabilities(stream))).astype(np.float64)[order:]
    own = model.vocabulary_.encode("".join(alphabet.tokens[2:])).ids
    found = rows[:, own]
    unknown = own == UNKNOWN
    if unknown.any():
        found[:, unknown] -= np.log(unknown.sum())
    return np.hstack([np.full((len(found), 2), -np.inf), found])


def _measured(
    model: Predictor, alphabet: Vocabulary, text: str, p: NDArray[np.float64], *, order: int
) -> Divergence:
    return divergence([_rows(model, alphabet, text, order=order)], p, alphabet.encode(text).ids[order:])


def _gaps(
    model: Predictor,
    alphabet: Vocabulary,
    text: str,
    *,
    p: NDArray[np.float64],
    contexts: NDArray[np.int64],
    found: Divergence,
    most: int = 8,
) -> tuple[Gap, ...]:
    kinds, own = np.unique(contexts, axis=0, return_inverse=True)
    own = own.reshape(-1)
    count = np.bincount(own)
    part = np.bincount(own, weights=found.by_token) / len(own)
    q = np.exp(_rows(model, alphabet, text, order=contexts.shape[1]))
    gaps = []
    for kind in np.argsort(-part, kind="stable")[:most].tolist():
        at = np.flatnonzero(own == kind)
        likely = np.argsort(-p[at[0]], kind="stable")[:3].tolist()
        gaps.append(
            Gap(
                context=alphabet.decode(kinds[kind]),
                share=float(count[kind] / len(own)),
                divergence_nats=float(part[kind] * len(own) / count[kind]),
                part_nats=float(part[kind]),
                likely=tuple(
                    (alphabet.tokens[each], float(p[at[0], each]), float(q[at, each].mean()))
                    for each in likely
                ),
            )
        )
    return tuple(gaps)
