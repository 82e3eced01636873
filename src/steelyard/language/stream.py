"""Documents as one run of token numbers: what is learnt from, and what is scored."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.splitting import pieces
from steelyard.language.vocabulary import DOCUMENT, UNKNOWN, Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stream:
    """Documents one after the other, each behind a mark.

    Every token after the first is guessed from those before it: the marks of later documents too, since a reader has to be told
    where a document ends. What a document's first token is guessed from is its mark.

    Args:
        ids: token numbers, int32, shape (t,), beginning with the mark of the first document.
        starts_of_documents: where the marks stand, int64, shape (documents,).
        bytes: UTF-8 bytes of the documents.
        characters: code points of the documents.
        unknown: how many tokens are the unknown one.
        spelling_nats: what spelling them costs altogether.

    Raises:
        InputError: no token to guess, or a run that begins without a mark.

    Example:
        >>> texts = ["ab", "b"]
        >>> stream = make_stream(texts, Vocabulary.build(texts, unit="character"))
        >>> stream.ids.tolist(), stream.starts_of_documents.tolist(), stream.bytes, stream.tokens
        ([1, 3, 2, 1, 2], [0, 3], 3, 4)
    """

    ids: NDArray[np.int32]
    starts_of_documents: NDArray[np.int64]
    bytes: int
    characters: int
    unknown: int = 0
    spelling_nats: float = 0.0

    def __post_init__(self) -> None:
        if self.ids.ndim != 1 or self.ids.dtype != np.int32:
            raise InputError(
                f"`ids` must be int32 of one dimension, but are {self.ids.dtype} of the shape {self.ids.shape}"
            )
        if len(self.ids) < 2:
            raise InputError(
                "a stream must have a token to guess, but has none; give a text that isn't empty"
            )
        if self.ids[0] != DOCUMENT:
            raise InputError(
                f"a stream must begin with the mark of a document ({DOCUMENT}), but got {self.ids[0]}"
            )
        if not np.array_equal(self.starts_of_documents, np.flatnonzero(self.ids == DOCUMENT)):
            raise InputError("`starts_of_documents` must be where the marks stand, but aren't")

    @classmethod
    def of(cls, ids: Sequence[int] | NDArray[np.integer[Any]]) -> Self:
        """Return a stream of one document of which only the token numbers are known, such as one drawn from a source.

        Args:
            ids: numbers of real tokens, without the mark, shape (n,).
        """
        numbers = np.concatenate([[DOCUMENT], np.asarray(ids, dtype=np.int64).reshape(-1)]).astype(np.int32)
        marks = np.flatnonzero(numbers == DOCUMENT)
        unknown = int((numbers == UNKNOWN).sum())
        return cls(ids=numbers, starts_of_documents=marks, bytes=0, characters=0, unknown=unknown)

    @property
    def tokens(self) -> int:
        """Return how many tokens are guessed: all but the first."""
        return len(self.ids) - 1

    def bits_per_byte(self, nats: NDArray[np.floating]) -> float:
        """Return the bits that a byte of the documents costs, the spelling of unknown tokens included.

        It doesn't depend on how a model cuts the text, so that models of words and of characters can be compared.

        Args:
            nats: what each token after the first costs, shape (tokens,).

        Raises:
            InputError: another number of tokens, or documents whose bytes aren't known.
        """
        if nats.shape != (self.tokens,):
            raise InputError(f"`nats` must have the shape ({self.tokens},), but have {nats.shape}")
        if self.bytes < 1:
            raise InputError("bits a byte need a text, but the stream was made from token numbers alone")
        return float((nats.sum(dtype=np.float64) + self.spelling_nats) / (math.log(2) * self.bytes))


def make_stream(documents: Sequence[str], vocabulary: Vocabulary) -> Stream:
    """Return documents as one stream.

    Args:
        documents: the texts; an empty one leaves its mark.
        vocabulary: says how they are cut and numbered.

    Raises:
        InputError: no token in any of them, or text that isn't Unicode.
    """
    if isinstance(documents, str):
        raise InputError("`documents` must be a sequence of texts, but got one text; put it in a list")
    runs = []
    bytes_, nats = 0, 0.0
    mark = np.array([DOCUMENT], dtype=np.int32)
    for document in documents:
        runs.append(mark)
        for piece in pieces(document, whole_lines=vocabulary.unit == "word"):
            encoded = vocabulary.encode(piece)
            runs.append(encoded.ids)
            bytes_ += len(piece.encode("utf-8"))
            nats += float(encoded.spelling_nats.sum())
    if sum(map(len, runs)) == len(documents):
        raise InputError(
            f"the documents must hold {vocabulary.unit}s, but hold none; give a text that isn't empty"
        )
    ids = np.concatenate(runs)
    return Stream(
        ids=ids,
        starts_of_documents=np.flatnonzero(ids == DOCUMENT),
        bytes=bytes_,
        characters=sum(map(len, documents)),
        unknown=int((ids == UNKNOWN).sum()),
        spelling_nats=nats,
    )
