"""The order in which a chain goes through the tokens: blocks of documents and words, in them word after word."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from steelyard.data.corpus import Corpus

_TOKENS_A_RUN = 10
_MOST_GROUPS = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """Tokens in blocks: P groups of documents, P groups of words; block i P + j has the tokens of documents i and words j.

    Blocks that share neither a group of documents nor one of words touch no common count.

    Args:
        groups: P, the number of groups of each.
        word_group: group of each word, int32, shape (words,).
        doc_group: group of each document, int32, shape (documents,), not decreasing.
        document: document of each token, block after block and in them word after word, int32, shape (tokens,).
        run_word: word of each run of tokens of one word in one block, int32, shape (runs,).
        run_start: where each run starts, int64, shape (runs + 1,).
        block_run: first run of each block, int64, shape (P P + 1,).
    """

    groups: int
    word_group: NDArray[np.int32]
    doc_group: NDArray[np.int32]
    document: NDArray[np.int32]
    run_word: NDArray[np.int32]
    run_start: NDArray[np.int64]
    block_run: NDArray[np.int64]

    @property
    def group_words(self) -> NDArray[np.int64]:
        """Return the number of words of each group, shape (P,)."""
        return np.bincount(self.word_group, minlength=self.groups)

    def words(self) -> NDArray[np.int32]:
        """Return the word of each token in the layout's order, shape (tokens,)."""
        return np.repeat(self.run_word, np.diff(self.run_start))

    def gathered(self, corpus: Corpus, values: NDArray[Any]) -> NDArray[Any]:
        """Return values of tokens in the corpus' order from those in the layout's."""
        found = np.empty_like(values, subok=False)
        _visit(
            corpus.words,
            corpus.starts,
            self.doc_group,
            self._places(len(corpus.vocabulary)),
            values,
            found,
            True,
        )
        return found

    def scattered(self, corpus: Corpus, values: NDArray[Any]) -> NDArray[Any]:
        """Return values of tokens in the layout's order from those in the corpus'."""
        found = np.empty_like(values, subok=False)
        _visit(
            corpus.words,
            corpus.starts,
            self.doc_group,
            self._places(len(corpus.vocabulary)),
            values,
            found,
            False,
        )
        return found

    def _places(self, words: int) -> NDArray[np.int64]:
        """Return where the tokens of each group of documents and each word start, shape (P, words)."""
        places = np.zeros((self.groups, words), dtype=np.int64)
        runs_a_block = np.diff(self.block_run)
        block = np.repeat(np.arange(len(runs_a_block)), runs_a_block)
        places[block // self.groups, self.run_word] = self.run_start[:-1]
        return places


def default_groups(corpus: Corpus) -> int:
    """Return how many groups suit a corpus: a power of two up to 16 that leaves about ten tokens a run; 1 for small corpora.

    It depends on nothing but the corpus, so that results don't depend on the machine.
    """
    groups = 1
    while (
        groups < _MOST_GROUPS
        and corpus.tokens >= 2 * groups * _TOKENS_A_RUN * len(corpus.vocabulary)
        and 2 * groups <= len(corpus)
    ):
        groups *= 2
    return groups


def laid_out(corpus: Corpus, *, groups: int, scratch: Path | None = None) -> Layout:
    """Return the layout of a corpus.

    Args:
        corpus: documents.
        groups: of documents and of words, at least 1; documents stay in their order, words are dealt out by frequency.
        scratch: folder for what has the size of the corpus; None keeps it in memory.

    Example:
        >>> corpus = Corpus.from_documents([["a", "b"], ["b", "a", "b"]])
        >>> layout = laid_out(corpus, groups=1)
        >>> layout.document.tolist(), layout.run_word.tolist(), layout.run_start.tolist()
        ([0, 1, 0, 1, 1], [0, 1], [0, 2, 5])
    """
    size = len(corpus.vocabulary)
    middle = (corpus.starts[:-1] + corpus.starts[1:]) / 2
    doc_group = np.minimum(middle * groups / max(corpus.tokens, 1), groups - 1).astype(np.int32)
    tokens = np.zeros((groups, size), dtype=np.int64)
    _count(corpus.words, corpus.starts, doc_group, tokens)
    word_group = _dealt(tokens.sum(axis=0), groups)
    by_block = np.lexsort((np.arange(size), word_group))
    run_word = np.tile(by_block, groups)
    run_tokens = tokens[:, by_block].ravel()
    ends = np.cumsum(run_tokens)
    kept = run_tokens > 0
    starts = np.concatenate([[0], ends[kept]]).astype(np.int64)
    runs_before = np.concatenate([[0], np.cumsum(kept)])
    block_words = np.concatenate([[0], np.cumsum(np.bincount(word_group, minlength=groups))])
    first = (np.arange(groups)[:, None] * size + block_words[None, :-1]).ravel()
    layout = Layout(
        groups=groups,
        word_group=word_group,
        doc_group=doc_group,
        document=allocated(scratch, "document", np.int32, corpus.tokens),
        run_word=run_word[kept].astype(np.int32),
        run_start=starts,
        block_run=np.append(runs_before[first], runs_before[-1]).astype(np.int64),
    )
    _place_documents(corpus.words, corpus.starts, doc_group, layout._places(size), layout.document)  # noqa: SLF001 - its own
    return layout


def allocated(scratch: Path | None, name: str, dtype: Any, length: int) -> NDArray[Any]:
    """Return zeros, in memory or mapped from a file in a scratch folder."""
    if scratch is None or length == 0:
        return np.zeros(length, dtype=dtype)
    scratch.mkdir(parents=True, exist_ok=True)
    return np.lib.format.open_memmap(scratch / f"{name}.npy", mode="w+", dtype=dtype, shape=(length,))


def _dealt(frequencies: NDArray[np.int64], groups: int) -> NDArray[np.int32]:
    """Return a group for each word: the most frequent first, each to the group with the fewest tokens (Graham 1969)."""
    if groups == 1:
        return np.zeros(len(frequencies), dtype=np.int32)
    group = np.zeros(len(frequencies), dtype=np.int32)
    load = np.zeros(groups, dtype=np.float64)
    for word in np.argsort(-frequencies, kind="stable"):
        chosen = int(load.argmin())
        group[word] = chosen
        load[chosen] += float(frequencies[word]) + 1e-3
    return group


@njit(cache=True)
def _count(words: Any, starts: Any, doc_group: Any, tokens: Any) -> None:
    for document in range(len(starts) - 1):
        for token in range(starts[document], starts[document + 1]):
            tokens[doc_group[document], words[token]] += 1


@njit(cache=True)
def _place_documents(words: Any, starts: Any, doc_group: Any, places: Any, documents: Any) -> None:
    for document in range(len(starts) - 1):
        group = doc_group[document]
        for token in range(starts[document], starts[document + 1]):
            documents[places[group, words[token]]] = document
            places[group, words[token]] += 1


@njit(cache=True)
def _visit(
    words: Any, starts: Any, doc_group: Any, places: Any, values: Any, found: Any, gather: bool
) -> None:
    for document in range(len(starts) - 1):
        group = doc_group[document]
        for token in range(starts[document], starts[document + 1]):
            place = places[group, words[token]]
            places[group, words[token]] = place + 1
            if gather:
                found[token] = values[place]
            else:
                found[place] = values[token]
