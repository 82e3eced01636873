"""The documents that a question is asked on, and which of them are held out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError

HELD_OUT_SHARE = 0.2
"""Share of the documents that are held out, drawn anew for every seed."""
LEAST_DOCUMENTS = 20
"""Documents of two tokens or more without which no question can be answered."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """Documents for training, and held-out ones.

    Args:
        train: four fifths.
        held_out: the others; only documents of two tokens or more, of which one can be read and one scored.
    """

    train: Corpus
    held_out: Corpus

    @property
    def unigram(self) -> NDArray[np.float64]:
        """Return the share of each word among training tokens, one added to each (Laplace), shape (words,)."""
        counts = np.bincount(self.train.words, minlength=len(self.train.vocabulary)) + 1.0
        return np.asarray(counts / counts.sum(), dtype=np.float64)


def split(corpus: Corpus, *, seed: int, share: float = HELD_OUT_SHARE) -> Split:
    """Return documents dealt to training and held-out ones at random.

    Args:
        corpus: documents.
        seed: of the dealing.
        share: of the documents with two tokens or more that are held out, in (0, 1).

    Raises:
        InputError: too few documents.

    Example:
        >>> corpus = Corpus.from_documents([["a", "b"]] * 50)
        >>> dealt = split(corpus, seed=0)
        >>> len(dealt.train), len(dealt.held_out)
        (40, 10)
    """
    usable = np.flatnonzero(corpus.lengths >= 2)
    if len(usable) < LEAST_DOCUMENTS:
        raise InputError(
            f"there must be at least {LEAST_DOCUMENTS} documents of two tokens or more, but there are {len(usable)}; "
            "give more documents"
        )
    chosen = np.random.default_rng(seed).permutation(usable)[: max(round(len(usable) * share), 1)]
    held = np.zeros(len(corpus), dtype=bool)
    held[chosen] = True
    return Split(train=taken(corpus, ~held), held_out=taken(corpus, held))


def taken(corpus: Corpus, chosen: NDArray[np.bool_]) -> Corpus:
    """Return the documents that are chosen, in their order, with the whole vocabulary.

    Example:
        >>> taken(Corpus.from_documents([["a"], ["b", "a"]]), np.array([False, True])).words.tolist()
        [1, 0]
    """
    tokens = np.repeat(chosen, corpus.lengths)
    starts = np.concatenate([[0], np.cumsum(corpus.lengths[chosen])]).astype(np.int64)
    names = (
        tuple(name for name, here in zip(corpus.names, chosen, strict=True) if here) if corpus.names else ()
    )
    return Corpus(
        words=np.asarray(corpus.words)[tokens], starts=starts, vocabulary=corpus.vocabulary, names=names
    )


@lru_cache(maxsize=2)
def load(data: str | None, fingerprint: str = "") -> Corpus:
    """Return the embedded documentation (`data` None) or the documents of a file or folder; read once a process.

    Args:
        data: what `read_corpus` reads, or None.
        fingerprint: when not empty, what the corpus must still be.

    Raises:
        InputError: documents that can't be read, or that changed since `fingerprint`.
    """
    if data is None:
        from steelyard.data.documentation import documentation  # noqa: PLC0415 - reads the standard library

        corpus = documentation()
    else:
        from steelyard.data.corpus_reading import read_corpus  # noqa: PLC0415 - readers of all kinds

        corpus = read_corpus(Path(data))
    if fingerprint and corpus.fingerprint != fingerprint:
        raise InputError(
            f"the data must not change while a study runs, but {data or 'Python'} did; run the study again"
        )
    return corpus


def describe(corpus: Corpus, data: str | None) -> dict[str, str]:
    """Return source, size and fingerprint as text for people to read."""
    from steelyard.data.documentation import documentation_source  # noqa: PLC0415 - reads the standard library

    lengths = corpus.lengths
    return {
        "source": documentation_source() if data is None else data,
        "documents": f"{len(corpus):,}, {int((lengths == 0).sum())} of them empty",
        "tokens": f"{corpus.tokens:,}, half of the documents have {np.median(lengths):.0f} or fewer",
        "vocabulary": f"{len(corpus.vocabulary):,} words",
        "held out": f"{HELD_OUT_SHARE:.0%} of the documents, drawn anew for every seed",
        "fingerprint": corpus.fingerprint,
    }
