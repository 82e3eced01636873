"""Which part of the held-out text is measured on: whole documents, evenly spread, until there are enough tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steelyard.errors import InputError
from steelyard.language.stream import Stream, make_stream
from steelyard.language.vocabulary import Unit, Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Text to measure on.

    Args:
        names: of its documents.
        texts: of its documents; the last one may be cut off.
        stream: the same as tokens.
        unit: what its tokens are.
    """

    names: tuple[str, ...]
    texts: tuple[str, ...]
    stream: Stream
    unit: Unit


def spread_out(
    documents: Sequence[str], vocabulary: Vocabulary, *, most: int, names: Sequence[str] | None = None
) -> HeldOut:
    """Return documents evenly spread over all, in their order, with at most `most` tokens.

    All of them where they have no more. Otherwise the documents stand at equal distances in the list; one that alone has
    more tokens than are left is cut.

    Args:
        documents: texts that were held out.
        vocabulary: says what tokens are.
        most: tokens, the marks of documents left out.
        names: of the documents; by default `document 1` and so on.

    Raises:
        InputError: no tokens, names of other documents.

    Example:
        >>> texts = ["aaaa", "bbbb", "cccc", "dddd"]
        >>> vocabulary = Vocabulary.build(texts, unit="character")
        >>> spread_out(texts, vocabulary, most=8).texts
        ('aaaa', 'cccc')
    """
    if most < 1:
        raise InputError(f"`most` must be at least 1, but got {most}")
    given = [f"document {nth}" for nth in range(1, len(documents) + 1)] if names is None else list(names)
    if len(given) != len(documents):
        raise InputError(f"`names` must name the {len(documents)} documents, but got {len(given)}")
    lengths = [len(vocabulary.encode(text).ids) for text in documents]
    chosen: list[tuple[str, str]] = []
    left = most
    for at in _spread(np.array(lengths), most):
        if left <= 0:
            break
        text = documents[at]
        if lengths[at] > left:
            text = text[: int(vocabulary.encode(text).starts[left])]
        if text:
            chosen.append((given[at], text))
            left -= min(lengths[at], left)
    return HeldOut(
        names=tuple(name for name, _ in chosen),
        texts=tuple(text for _, text in chosen),
        stream=make_stream([text for _, text in chosen], vocabulary),
        unit=vocabulary.unit,
    )


def _spread(lengths: np.ndarray[tuple[int], np.dtype[np.int64]], most: int) -> list[int]:
    """Return the places of about as many documents as have `most` tokens, at equal distances."""
    total = int(lengths.sum())
    if total <= most:
        return list(range(len(lengths)))
    wanted = min(max(-(-len(lengths) * most // total), 1), len(lengths))
    return sorted({nth * len(lengths) // wanted for nth in range(wanted)})
