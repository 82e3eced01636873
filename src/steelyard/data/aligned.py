"""A corpus in the words of another: what a model that learned one vocabulary can read of new documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steelyard.data.corpus import Corpus


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """A corpus in another's words.

    Args:
        corpus: the same documents, with the tokens whose word is known.
        unknown_tokens: tokens that were left out because their word isn't known.
        unknown_words: how many different words they are.
    """

    corpus: Corpus
    unknown_tokens: int
    unknown_words: int


def align(corpus: Corpus, vocabulary: Sequence[str]) -> Aligned:
    """Return a corpus with its words numbered as in `vocabulary`; tokens of other words are left out, documents never.

    Args:
        corpus: the documents.
        vocabulary: the words to number by.

    Example:
        >>> new = Corpus.from_documents([["moon", "star", "sun"], ["star"]])
        >>> found = align(new, ("sun", "moon"))
        >>> found.corpus.words.tolist(), found.corpus.lengths.tolist(), found.unknown_tokens, found.unknown_words
        ([1, 0], [2, 0], 2, 1)
    """
    if tuple(vocabulary) == corpus.vocabulary:
        return Aligned(corpus=corpus, unknown_tokens=0, unknown_words=0)
    numbers = {word: nth for nth, word in enumerate(vocabulary)}
    new = np.array([numbers.get(word, -1) for word in corpus.vocabulary], dtype=np.int32).reshape(-1)
    words = new[corpus.words]
    known = words >= 0
    before = np.concatenate([[0], np.cumsum(known)]).astype(np.int64)
    return Aligned(
        corpus=Corpus(
            words=words[known], starts=before[corpus.starts], vocabulary=tuple(vocabulary), names=corpus.names
        ),
        unknown_tokens=int(np.sum(~known)),
        unknown_words=int(np.sum(np.bincount(corpus.words[~known], minlength=1) > 0)),
    )
