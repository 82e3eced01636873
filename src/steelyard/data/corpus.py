"""Corpora: documents as runs of word numbers, small enough for memory or mapped from a folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError

_FORMAT = 1
_HASHED_AT_ONCE = 1 << 24


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Corpus:
    """Documents as bags of words: every token is there once, as the number of its word.

    Args:
        words: number of each token's word, int32, shape (tokens,), documents one after the other; may be memory-mapped.
        starts: where each document starts, int64, shape (documents + 1,); the last is the number of tokens.
        vocabulary: the words.
        names: names of the documents, empty or one each.

    Raises:
        InputError: words outside the vocabulary, starts that don't match, as many names as documents are needed.

    Example:
        >>> corpus = Corpus.from_documents([["sun", "moon", "sun"], []])
        >>> corpus.vocabulary, corpus.words.tolist(), corpus.starts.tolist()
        (('sun', 'moon'), [0, 1, 0], [0, 3, 3])
    """

    words: NDArray[np.int32]
    starts: NDArray[np.int64]
    vocabulary: tuple[str, ...]
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if np.ndim(self.words) != 1 or np.ndim(self.starts) != 1:
            raise InputError(
                "`words` and `starts` must have one dimension, but have the shapes "
                f"{np.shape(self.words)} and {np.shape(self.starts)}"
            )
        tokens = len(self.words)
        if self.words.dtype != np.int32 or self.starts.dtype != np.int64:
            raise InputError(
                f"`words` must be int32 and `starts` int64, but got {self.words.dtype} and {self.starts.dtype}"
            )
        if (
            len(self.starts) < 1
            or self.starts[0] != 0
            or self.starts[-1] != tokens
            or np.any(np.diff(self.starts) < 0)
        ):
            raise InputError(
                f"`starts` must rise from 0 to the number of tokens, {tokens}, but got {_short(self.starts)}"
            )
        if tokens and (self.words.min() < 0 or self.words.max() >= len(self.vocabulary)):
            raise InputError(
                f"words must be numbers from 0 to {len(self.vocabulary) - 1}, but go from {self.words.min()} to {self.words.max()}"
            )
        if self.names and len(self.names) != len(self):
            raise InputError(
                f"there must be a name for each of {len(self)} documents, but got {len(self.names)}"
            )

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self.starts) - 1

    @property
    def tokens(self) -> int:
        """Return the number of tokens."""
        return len(self.words)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Return the number of tokens of each document, shape (documents,)."""
        return np.diff(self.starts)

    @classmethod
    def from_documents(cls, documents: Sequence[Sequence[str]], *, names: Sequence[str] = ()) -> Corpus:
        """Return a corpus of documents that are cut into words; the vocabulary is in the order of first use."""
        numbers: dict[str, int] = {}
        words = [numbers.setdefault(word, len(numbers)) for document in documents for word in document]
        return cls(
            words=np.array(words, dtype=np.int32),
            starts=np.concatenate([[0], np.cumsum([len(each) for each in documents], dtype=np.int64)]).astype(
                np.int64
            ),
            vocabulary=tuple(numbers),
            names=tuple(names),
        )

    @classmethod
    def from_counts(cls, counts: Any, *, vocabulary: Sequence[str] = (), names: Sequence[str] = ()) -> Corpus:
        """Return a corpus from counts, shape (documents, words): an array, a scipy sparse matrix or a frame.

        Args:
            counts: how often each document has each word: whole numbers, not negative; floats that are whole are taken.
            vocabulary: the words; without one they are called by their numbers.
            names: names of the documents.

        Raises:
            InputError: counts that aren't whole, finite and non-negative, another shape, a vocabulary of another length.

        Example:
            >>> Corpus.from_counts([[2, 0, 1], [0, 1, 0]]).words.tolist()
            [0, 0, 2, 1]
        """
        from scipy import sparse  # noqa: PLC0415 - slow to import

        given: Any = counts if sparse.issparse(counts) else _dense(counts)
        matrix = sparse.csr_array(given, copy=True)
        matrix.sum_duplicates()
        values = matrix.data
        if len(values) and not (
            np.all(np.isfinite(values)) and np.all(values >= 0) and np.all(values == np.floor(values))
        ):
            raise InputError(
                "counts must be whole numbers that aren't negative, but got "
                f"{values[~(np.isfinite(values) & (values >= 0) & (values == np.floor(values)))][0]}; give word counts, not tf-idf"
            )
        size = matrix.shape[1]
        if vocabulary and len(vocabulary) != size:
            raise InputError(
                f"the vocabulary must have one word for each of {size} columns, but has {len(vocabulary)}"
            )
        if len(values) and float(values.sum()) > 2**40:
            raise InputError(
                f"a corpus must have at most {2**40} tokens, but these counts add up to {float(values.sum()):.3g}"
            )
        repeats = values.astype(np.int64)
        cells = np.concatenate([[0], np.cumsum(repeats)])
        return cls(
            words=np.repeat(matrix.indices.astype(np.int32), repeats),
            starts=cells[matrix.indptr].astype(np.int64),
            vocabulary=tuple(map(str, vocabulary)) or tuple(str(number) for number in range(size)),
            names=tuple(names),
        )

    def counts(self) -> Any:
        """Return how often each document has each word, a scipy sparse array of int64, shape (documents, words)."""
        from scipy import sparse  # noqa: PLC0415 - slow to import

        data = np.ones(self.tokens, dtype=np.int64)
        matrix = sparse.csr_array(
            (data, np.array(self.words), self.starts.copy()), shape=(len(self), len(self.vocabulary))
        )
        matrix.sum_duplicates()
        return matrix

    def save(self, folder: str | Path) -> Path:
        """Write the corpus into a folder that `Corpus.open` can map, and return it."""
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        np.save(path / "words.npy", self.words)
        np.save(path / "starts.npy", self.starts)
        described = {"format": _FORMAT, "vocabulary": self.vocabulary, "names": self.names}
        (path / "corpus.json").write_text(json.dumps(described), encoding="utf-8")
        return path

    @classmethod
    def open(cls, folder: str | Path, *, mapped: bool = True) -> Corpus:
        """Return a corpus that `save` wrote; `mapped` leaves the tokens on disk until they are read.

        Raises:
            InputError: not such a folder, or one of a newer format.
        """
        path = Path(folder)
        try:
            described = json.loads((path / "corpus.json").read_text(encoding="utf-8"))
            _check_format(described["format"], path)
            words = _array(path / "words.npy", mapped=mapped)
            starts = _array(path / "starts.npy", mapped=False)
            vocabulary, names = (_strings(described[key], key) for key in ("vocabulary", "names"))
        except InputError:
            raise
        except (OSError, EOFError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{path} must be a folder that `Corpus.save` wrote, but reading it failed: {error}"
            ) from error
        return cls(words=words, starts=starts, vocabulary=vocabulary, names=names)

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of tokens, documents and vocabulary: equal corpora, equal fingerprints."""
        digest = hashlib.sha256("\0".join(self.vocabulary).encode("utf-8", "surrogatepass"))
        digest.update(self.starts.astype("<i8").tobytes())
        for first in range(0, self.tokens, _HASHED_AT_ONCE):
            digest.update(
                np.ascontiguousarray(self.words[first : first + _HASHED_AT_ONCE]).astype("<i4").tobytes()
            )
        return digest.hexdigest()


def _check_format(found: object, path: Path) -> None:
    if found != _FORMAT:
        raise InputError(f"{path} must be of format {_FORMAT}, but is of {found}; use a newer Steelyard")


def _array(path: Path, *, mapped: bool) -> NDArray[Any]:
    """Return the array in an `.npy` file; a zipped or pickled one is refused."""
    array: NDArray[Any] = np.lib.format.open_memmap(
        path, mode="r"
    )  # knows the file's size before it believes its header
    return array if mapped else np.array(array)


def _strings(given: object, name: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise TypeError(f"`{name}` must be a list of strings")
    return tuple(given)


def _dense(counts: Any) -> NDArray[Any]:
    array = np.asarray(counts)
    if array.ndim != 2:
        raise InputError(f"counts must have the shape (documents, words), but got {array.shape}")
    if array.dtype.kind not in "buif":
        raise InputError(
            f"counts must be numbers, but are of type {array.dtype}; vectorise the texts first (CountVectorizer)"
        )
    return array


def _short(values: NDArray[Any]) -> str:
    shown = [str(each) for each in values[:5]]
    return f"[{', '.join(shown)}{', ...' if len(values) > 5 else ''}]"
