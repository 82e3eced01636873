"""The text that a question is asked on, how much of it, and which of it is held out."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from steelyard.errors import InputError
from steelyard.language.parts import Parts, split_documents
from steelyard.language.reading import Documents, read_documents

HELD_OUT_SHARE = 0.1
"""Share of the text that validates, and share that tests."""
FEWEST_DOCUMENTS = 20
"""Documents from which on whole ones are drawn into the parts; fewer are each cut by position."""
FEWEST_CHARACTERS = 20_000
"""Characters of text without which no question can be answered."""
_SHORTEST = 100
"""Characters below which a document isn't cut: all of it is learnt from."""


@lru_cache(maxsize=2)
def load(data: str | None, fingerprint: str = "") -> Documents:
    """Return the embedded documentation (`data` None), or a person's own text; read once a process.

    Args:
        data: what `read_documents` reads, or None.
        fingerprint: when not empty, what the text must still be.

    Raises:
        InputError: text that can't be read, too little of it, or one that changed since `fingerprint`.
    """
    documents = read_documents(None if data is None else Path(data))
    if fingerprint and documents.fingerprint != fingerprint:
        raise InputError(
            f"the text must not change while a study runs, but {data or 'Python'} did; run the study again"
        )
    if documents.characters < FEWEST_CHARACTERS:
        raise InputError(
            f"the text must have at least {FEWEST_CHARACTERS:,} characters to answer a question on, but "
            f"{documents.source_line} has {documents.characters:,}; give more text"
        )
    return documents


def taken(documents: Documents, characters: int | None) -> Documents:
    """Return about so many characters of documents, the same ones every time.

    From many documents whole ones are drawn (in their order); a few are each cut off at the same share of their length.

    Args:
        documents: all there are.
        characters: how many to keep; None, or more than there are: all.

    Example:
        >>> documents = Documents(names=("a", "b"), texts=("x" * 300, "y" * 100), source_line="here")
        >>> [len(text) for text in taken(documents, 200).texts]
        [150, 50]
    """
    if characters is None or documents.characters <= characters:
        return documents
    texts = documents.texts
    if len(texts) < FEWEST_DOCUMENTS:
        share = characters / documents.characters
        kept = {number: text[: round(len(text) * share)] for number, text in enumerate(texts)}
    else:
        order = np.random.default_rng(0).permutation(len(texts))
        until = np.searchsorted(np.cumsum([len(texts[number]) for number in order]), characters) + 1
        kept = {number: texts[number] for number in sorted(order[:until].tolist())}
    kept = {number: text for number, text in kept.items() if text}
    return Documents(
        names=tuple(documents.names[number] for number in kept),
        texts=tuple(kept.values()),
        source_line=documents.source_line,
    )


@lru_cache(maxsize=2)
def dealt(data: str | None, fingerprint: str, characters: int | None, seed: int) -> Parts:
    """Return what a seed trains, validates and tests on.

    Twenty documents or more are drawn whole, anew for every seed. Fewer are cut by position, the same for every seed: the first 80% of each
    is learnt from, the next 10% validates, the last 10% tests.

    Args:
        data: what `load` reads.
        fingerprint: what the text must still be.
        characters: how many of them; None: all.
        seed: of the draw.

    Raises:
        InputError: text that can't be read, has changed, or is too short.
    """
    documents = taken(load(data, fingerprint), characters)
    if len(documents.texts) >= FEWEST_DOCUMENTS:
        return split_documents(documents, validation=HELD_OUT_SHARE, test=HELD_OUT_SHARE, seed=seed)
    cut = [
        split_documents(
            Documents(names=(name,), texts=(text,), source_line=documents.source_line),
            validation=HELD_OUT_SHARE,
            test=HELD_OUT_SHARE,
        )
        if len(text) >= _SHORTEST
        else Parts(train=(text,), validation=(), test=(), rule="")
        for name, text in zip(documents.names, documents.texts, strict=True)
    ]
    return Parts(
        train=tuple(text for each in cut for text in each.train),
        validation=tuple(text for each in cut for text in each.validation),
        test=tuple(text for each in cut for text in each.test),
        rule="Each document cut by position: the first 80% is learnt from, the last 10% tested on.",
    )


def describe(documents: Documents, *, characters: int | None) -> dict[str, str]:
    """Return source, size, parts and fingerprint as text for people to read.

    Args:
        documents: all there are.
        characters: how many a question takes; None: all.
    """
    used = taken(documents, characters)
    drawn = len(used.texts) >= FEWEST_DOCUMENTS
    return {
        "source": documents.source_line,
        "documents": f"{len(used.texts):,} of {len(documents.texts):,}",
        "characters": f"{used.characters:,} of {documents.characters:,}",
        "held out": (
            f"{HELD_OUT_SHARE:.0%} to validate and {HELD_OUT_SHARE:.0%} to test on, "
            + ("whole documents drawn anew for every seed" if drawn else "the end of each document")
        ),
        "fingerprint": documents.fingerprint,
    }
