"""Training, validation and test parts of documents, which share no text."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from steelyard.errors import InputError
from steelyard.language.reading import Documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is learnt from, what decides when to stop, and what is scored in the end.

    Args:
        train: the training texts.
        validation: the validation texts; empty where no share was asked for.
        test: the test texts; empty where no share was asked for.
        rule: how the cut was made, one sentence.
    """

    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]
    rule: str


def split_documents(
    documents: Documents, *, validation: float = 0.1, test: float = 0.1, seed: int = 0
) -> Parts:
    """Return documents in three parts, each with about its share of the characters.

    One document is cut by position, in characters (perhaps inside a word): training first, the last parts held out. Several are drawn: in
    an order that the seed decides they fill the test part, then validation, then training (each document whole, in its part in the order
    it came); a document goes where its middle falls.

    Args:
        documents: what is cut.
        validation: share of the characters, 0-1.
        test: share of the characters, 0-1.
        seed: of the draw of several documents.

    Raises:
        InputError: shares that leave no training text, or too few characters or documents for a part that was asked for.

    When it is wrong: documents that repeat each other (versions of one text) end up on both sides, and the held-out parts then look
    easier than new text; a single text whose end is of another kind than its beginning looks harder.

    Example:
        >>> parts = split_documents(Documents(names=("a",), texts=("abcdefghij",), source_line="here"))
        >>> parts.train, parts.validation, parts.test
        (('abcdefgh',), ('i',), ('j',))
    """
    for name, share in (("validation", validation), ("test", test)):
        if not 0 <= share < 1:
            raise InputError(f"`{name}` must be a share from 0 to below 1, but got {share}")
    if validation + test >= 1:
        raise InputError(
            f"`validation` and `test` must leave text to learn from, but their shares are {validation} and {test}"
        )
    if len(documents.texts) == 1:
        parts = _by_position(documents.texts[0], validation, test)
    else:
        parts = _by_draw(documents.texts, validation, test, seed)
    for name, texts, share in (
        ("training", parts.train, 1.0),
        ("validation", parts.validation, validation),
        ("test", parts.test, test),
    ):
        if share > 0 and not any(texts):
            raise InputError(
                f"the {name} part must hold text, but {len(documents.texts):,} document(s) of {documents.characters:,} characters "
                "leave it none; give more text, or ask for larger shares or none (0)"
            )
    return parts


def _by_position(text: str, validation: float, test: float) -> Parts:
    # Rounded down, as is usual (a text of 1,115,394 characters has 1,003,854 in its first 90%), but not for want of the last bit.
    first = math.floor(len(text) * (1 - validation - test) + 1e-6)
    second = math.floor(len(text) * (1 - test) + 1e-6)
    return Parts(
        train=(text[:first],),
        validation=(text[first:second],) if validation > 0 else (),
        test=(text[second:],) if test > 0 else (),
        rule="One text, cut by position: its beginning is learnt from, its end held out.",
    )


def _by_draw(texts: tuple[str, ...], validation: float, test: float, seed: int) -> Parts:
    order = np.random.default_rng(seed).permutation(len(texts))
    lengths = np.array([len(texts[number]) for number in order], dtype=np.float64)
    middle = (np.cumsum(lengths) - lengths / 2) / lengths.sum()
    which = np.where(middle < test, 2, np.where(middle < test + validation, 1, 0))

    def part(number: int) -> tuple[str, ...]:
        return tuple(texts[at] for at in sorted(order[which == number].tolist()))

    return Parts(
        train=part(0),
        validation=part(1),
        test=part(2),
        rule=f"{len(texts):,} documents, drawn whole into the parts (seed {seed}).",
    )
