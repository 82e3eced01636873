"""Building a corpus a document at a time: in memory, or in a folder when it is larger than that."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.data.corpus import Corpus
from steelyard.data.vocabulary import Pruning
from steelyard.errors import InputError

_AT_ONCE = 1 << 22
"""Tokens held in memory at a time, and read back at a time."""
MOST_IN_MEMORY = 1 << 30
"""Most tokens (4 GiB of numbers) of a corpus that isn't written into a folder."""
MOST_TOKENS = 1 << 40
_LONGEST = (1 << 31) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What a corpus was built without.

    Args:
        words: words that the rule for the vocabulary left out.
        tokens: their tokens.
        empty: documents that have no token left; they are kept, as empty documents.
    """

    words: int
    tokens: int
    empty: int


class CorpusBuilder:
    """Takes documents one by one and gives a corpus; a context manager, since it holds a temporary file.

    Args:
        folder: where to write the corpus; None keeps it in memory, up to 2**30 tokens.
        vocabulary: the words, when they are known beforehand and documents come as numbers of words; None for words that
            are found as they come.

    Raises:
        InputError: a folder that holds something else, or that can't be written.

    Example:
        >>> with CorpusBuilder() as builder:
        ...     builder.add(["sun", "moon", "sun"], name="sky")
        ...     builder.add(["of"], name="nothing")
        ...     corpus, left_out = builder.finish(Pruning(leave_out={"of"}))
        >>> corpus.vocabulary, corpus.words.tolist(), corpus.names, left_out.tokens, left_out.empty
        (('moon', 'sun'), [1, 0, 1], ('sky', 'nothing'), 1, 1)
    """

    def __init__(self, folder: str | Path | None = None, *, vocabulary: Sequence[str] | None = None) -> None:
        self._folder = None if folder is None else _prepared(Path(folder))
        self._numbers: dict[str, int] = (
            {} if vocabulary is None else {word: nth for nth, word in enumerate(vocabulary)}
        )
        if vocabulary is not None and len(self._numbers) != len(vocabulary):
            twice = next(word for nth, word in enumerate(vocabulary) if self._numbers[word] != nth)
            raise InputError(
                f"the words of a vocabulary must be distinct, but {twice!r} is there more than once"
            )
        self._known = vocabulary is not None
        self._waiting = array("i")
        self._spilled: IO[bytes] | None = None
        self._tokens = 0
        self._starts = array("q", [0])
        self._names: list[str] = []

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the temporary file."""
        if self._spilled is not None:
            self._spilled.close()

    @property
    def documents(self) -> int:
        """Return how many documents were added."""
        return len(self._starts) - 1

    @property
    def tokens(self) -> int:
        """Return how many tokens were added."""
        return self._tokens

    def add(self, words: Iterable[str], *, name: str | None = None) -> None:
        """Add a document that is cut into words."""
        numbers = self._numbers
        self._more(array("i", [numbers.setdefault(word, len(numbers)) for word in words]))
        self.end(name=name)

    def add_numbers(self, words: NDArray[np.int32]) -> None:
        """Add tokens, as numbers of words, to the document that is being built; `end` ends it."""
        self._more(array("i", np.ascontiguousarray(words, dtype=np.int32).tobytes()))

    def end(self, *, name: str | None = None) -> None:
        """End the document that is being built."""
        if self._tokens - self._starts[-1] > _LONGEST:
            raise InputError(
                f"a document must have at most {_LONGEST} tokens, but document {self.documents + 1} has "
                f"{self._tokens - self._starts[-1]}"
            )
        self._starts.append(self._tokens)
        if name is not None:
            self._names.append(name)

    def finish(self, pruning: Pruning | None = None) -> tuple[Corpus, LeftOut]:
        """Return the corpus and what it was built without.

        Words that were found come in the alphabet's order (Unicode code points); those known beforehand keep their own, and
        stay if no document has them, unless the rule leaves them out.

        Args:
            pruning: the rule for the vocabulary; None keeps every word.
        """
        rule = Pruning() if pruning is None else pruning
        words = tuple(self._numbers)
        starts = np.frombuffer(self._starts, dtype=np.int64).copy()
        tokens, frequency = self._counted(len(words), starts)
        kept = self._kept(rule, words, frequency=frequency, tokens=tokens)
        new = np.full(len(words), -1, dtype=np.int32)
        new[kept] = np.arange(len(kept), dtype=np.int32)
        remaining = int(tokens[kept].sum())
        into = _Target(self._folder, remaining)
        left = np.zeros(self.documents, dtype=np.int64)
        for first, part in self._parts():
            renumbered = new[part]
            inside = renumbered >= 0
            if len(part):
                _count_by_document(left, starts, first, inside)
            into.write(renumbered[inside])
        new_starts = np.concatenate([[0], np.cumsum(left)]).astype(np.int64)
        vocabulary = tuple(words[number] for number in kept.tolist())
        corpus = into.corpus(new_starts, vocabulary, tuple(self._names))
        left_out = LeftOut(
            words=len(words) - len(kept), tokens=self._tokens - remaining, empty=int(np.sum(left == 0))
        )
        return corpus, left_out

    def _kept(
        self,
        rule: Pruning,
        words: tuple[str, ...],
        *,
        frequency: NDArray[np.int64],
        tokens: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        if self._known and rule.keeps_all:
            return np.arange(len(words), dtype=np.int64)
        kept = rule.kept(words, documents=self.documents, frequency=frequency, tokens=tokens)
        return np.sort(kept) if self._known else kept

    def _more(self, numbers: array[int]) -> None:
        self._tokens += len(numbers)
        most = MOST_IN_MEMORY if self._folder is None else MOST_TOKENS
        if self._tokens > most:
            way_out = "; write it into a folder (`folder=`, --keep)" if self._folder is None else ""
            raise InputError(f"a corpus must have at most {most} tokens, but this one has more{way_out}")
        self._waiting.extend(numbers)
        if self._folder is not None and len(self._waiting) >= _AT_ONCE:
            self._spill()

    def _spill(self) -> None:
        if self._spilled is None:
            self._spilled = TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by __exit__
        self._spilled.write(self._waiting.tobytes())
        self._waiting = array("i")

    def _parts(self) -> Iterable[tuple[int, NDArray[np.int32]]]:
        """Give the tokens in runs that fit into memory, each with the place of its first token."""
        first = 0
        if self._spilled is not None:
            self._spill()
            self._spilled.seek(0)
            while content := self._spilled.read(4 * _AT_ONCE):
                part = np.frombuffer(content, dtype=np.int32)
                yield first, part
                first += len(part)
            self._spilled.seek(0, os.SEEK_END)
            return
        whole = np.frombuffer(self._waiting, dtype=np.int32) if self._waiting else np.zeros(0, dtype=np.int32)
        for first in range(0, len(whole), _AT_ONCE):
            yield first, whole[first : first + _AT_ONCE]

    def _counted(self, size: int, starts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return how often each word occurs and in how many documents, both of shape (words,)."""
        tokens = np.zeros(size, dtype=np.int64)
        frequency = np.zeros(size, dtype=np.int64)
        last_seen = np.full(size, -1, dtype=np.int64)
        for first, part in self._parts():
            tokens += np.bincount(part, minlength=size)
            document = _documents(starts, first, len(part))
            pairs = document * np.int64(max(size, 1)) + part
            pairs.sort()  # several times faster than np.unique
            pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])] if len(pairs) else pairs
            words, documents = pairs % max(size, 1), pairs // max(size, 1)
            fresh = documents > last_seen[words]
            np.add.at(frequency, words[fresh], 1)
            np.maximum.at(last_seen, words, documents)
        return tokens, frequency


def _count_by_document(
    left: NDArray[np.int64], starts: NDArray[np.int64], first: int, inside: NDArray[np.bool_]
) -> None:
    document = _documents(starts, first, len(inside))
    lowest = int(document[0])
    counts = np.bincount(document[inside] - lowest, minlength=1)
    left[lowest : lowest + len(counts)] += counts


def _documents(starts: NDArray[np.int64], first: int, count: int) -> NDArray[np.int64]:
    """Return the document of each of `count` tokens from the place `first` on."""
    last = first + count
    lowest, highest = (int(np.searchsorted(starts, place, side="right")) - 1 for place in (first, last - 1))
    lengths: NDArray[np.int64] = np.diff(starts[lowest : highest + 2].clip(first, last))
    return np.repeat(np.arange(lowest, highest + 1), lengths)


def _prepared(folder: Path) -> Path:
    """Return a folder that a corpus can be written into: new, empty, or with a corpus that is replaced."""
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / "corpus.json").exists():
            raise InputError(
                f"{folder} must be a new folder or one with a corpus, but holds something else; name another"
            )
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(f"the corpus must be writable into {folder}, but: {error}") from error
    return folder


class _Target:
    """Where the tokens of the finished corpus go: an array, or `words.npy` in a folder."""

    def __init__(self, folder: Path | None, tokens: int) -> None:
        self._folder = folder
        self._filled = 0
        self._words: NDArray[np.int32]
        if folder is None or tokens == 0:
            self._words = np.zeros(tokens, dtype=np.int32)
        else:
            self._words = np.lib.format.open_memmap(
                folder / "words.npy.part", mode="w+", dtype=np.int32, shape=(tokens,)
            )

    def write(self, words: NDArray[np.int32]) -> None:
        self._words[self._filled : self._filled + len(words)] = words
        self._filled += len(words)

    def corpus(
        self, starts: NDArray[np.int64], vocabulary: tuple[str, ...], names: tuple[str, ...]
    ) -> Corpus:
        if self._folder is None:
            return Corpus(words=self._words, starts=starts, vocabulary=vocabulary, names=names)
        if isinstance(self._words, np.memmap):
            self._words.flush()
        else:
            with (self._folder / "words.npy.part").open("wb") as file:
                np.save(file, self._words)
        self._words = np.zeros(0, dtype=np.int32)
        (self._folder / "corpus.json").unlink(
            missing_ok=True
        )  # nobody reads half of an old one and half of a new one
        (self._folder / "words.npy.part").replace(self._folder / "words.npy")
        np.save(self._folder / "starts.npy", starts)
        described = {"format": 1, "vocabulary": vocabulary, "names": names}
        part = self._folder / "corpus.json.part"
        part.write_text(json.dumps(described), encoding="utf-8")
        part.replace(self._folder / "corpus.json")
        return Corpus.open(self._folder, mapped=len(starts) > 0)
