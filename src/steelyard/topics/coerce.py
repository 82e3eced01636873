"""What may be handed to the estimator, and the corpus that it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steelyard.data.corpus import Corpus


def spoken(corpus: Corpus, vocabulary: Sequence[str]) -> tuple[Corpus, NDArray[np.int64]]:
    """Return a corpus in another vocabulary, and how many tokens of each document that vocabulary doesn't have.

    Args:
        corpus: documents.
        vocabulary: the words that are known; tokens of other words are left out.

    Example:
        >>> known, unknown = spoken(Corpus.from_documents([["sun", "moon"], ["moon"]]), ("sky", "sun"))
        >>> known.words.tolist(), known.starts.tolist(), unknown.tolist()
        ([1], [0, 1, 1], [1, 1])
    """
    if corpus.vocabulary == tuple(vocabulary):
        return corpus, np.zeros(len(corpus), dtype=np.int64)
    numbers = {word: number for number, word in enumerate(vocabulary)}
    renumbered = np.array([numbers.get(word, -1) for word in corpus.vocabulary], dtype=np.int32)
    words = renumbered[np.asarray(corpus.words)] if corpus.tokens else np.empty(0, dtype=np.int32)
    known = words >= 0
    before = np.concatenate([[0], np.cumsum(known)])
    starts = before[corpus.starts].astype(np.int64)
    kept = Corpus(words=words[known], starts=starts, vocabulary=tuple(vocabulary), names=corpus.names)
    return kept, corpus.lengths - kept.lengths


def joined(first: Corpus, second: Corpus) -> Corpus:
    """Return the documents of both, which have the same vocabulary; names are kept where both have them.

    Example:
        >>> one = Corpus.from_documents([["sun"], ["sun", "sun"]])
        >>> joined(one, one).starts.tolist()
        [0, 1, 3, 4, 6]
    """
    return Corpus(
        words=np.concatenate([first.words, second.words]),
        starts=np.concatenate([first.starts, first.starts[-1] + second.starts[1:]]),
        vocabulary=first.vocabulary,
        names=first.names + second.names if first.names and second.names else (),
    )
