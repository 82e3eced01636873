"""What it costs to spell a word that a vocabulary doesn't have: a model of bytes that can write anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.hostile import whole_numbers

ORDER = 4
"""A byte is guessed from the three before it."""
END = 256
"""The mark after a word's last byte."""
_START = 257
_SYMBOLS = 258
_CHOICES = 257  # the bytes and the end; nothing but what stands before a word is a start


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spelling:
    """An n-gram model of words' bytes, each word closed by an end mark: every string of bytes has a positive probability.

    A byte's probability is that of Witten & Bell (1991, method C), from the three bytes before it down to a uniform guess among
    256 bytes and the end: p(b | h) = (c(hb) + T(h) p(b | h')) / (c(h) + T(h)), with c how often, T(h) how many different symbols
    followed h, h' the history without its first symbol.

    Args:
        grams: four symbols each as one number (base 258: a byte, 256 the end, 257 the start), rising, int64, shape (grams,).
        counts: how often each was seen, int64, shape (grams,).

    Raises:
        InputError: grams that don't rise or aren't four symbols, counts below 1.

    When it is wrong: it gives some of its probability to words that the vocabulary has and to bytes that are no UTF-8, so it
    is a code for unknown words, not the shortest one. Fitted on nothing, it is uniform: ln 257 nats a byte.

    Example:
        >>> spelling = Spelling.fit({"walked": 3, "talked": 2})
        >>> nats = spelling.nats(["balked", "qqqqqq", "é"])
        >>> bool(nats[0] < nats[1]), bool(np.isfinite(nats).all())
        (True, True)
    """

    grams: NDArray[np.int64]
    counts: NDArray[np.int64]
    _tables: tuple[_Table, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.grams.ndim != 1 or self.grams.shape != self.counts.shape:
            raise InputError(
                f"`grams` and `counts` must have one entry each, but have the shapes {self.grams.shape} and {self.counts.shape}"
            )
        if len(self.grams) and (
            self.grams[0] < 0
            or self.grams[-1] >= _SYMBOLS**ORDER
            or bool((np.diff(self.grams) <= 0).any())
            or bool((self.grams % _SYMBOLS == _START).any())
        ):
            raise InputError(
                "`grams` must rise, be four symbols each and end in no start, but don't; fit the model again"
            )
        if len(self.counts) and self.counts.min() < 1:
            raise InputError(f"`counts` must be at least 1, but one is {self.counts.min()}")
        tables = tuple(_table(self.grams, self.counts, order) for order in range(1, ORDER + 1))
        object.__setattr__(self, "_tables", tables)

    @classmethod
    def fit(cls, words: Mapping[str, int]) -> Self:
        """Return the model of words, each counted as often as it occurs.

        Args:
            words: how often each word occurs, at least once.
        """
        grams, of_word = _grams(list(words))
        times = np.fromiter(words.values(), dtype=np.int64, count=len(words))
        kinds, which = np.unique(grams, return_inverse=True)
        counts = np.zeros(len(kinds), dtype=np.int64)
        np.add.at(counts, which, times[of_word])
        return cls(grams=kinds, counts=counts)

    def nats(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return what spelling each word costs, its end mark included, shape (words,), in nats.

        Args:
            words: any texts without lone surrogates.
        """
        grams, of_word = _grams(words)
        probability = np.full(len(grams), 1 / _CHOICES)
        for order, table in enumerate(self._tables, start=1):
            probability = table.mixed(grams % _SYMBOLS**order, probability)
        return np.bincount(of_word, weights=-np.log(probability), minlength=len(words)).astype(np.float64)

    def to_json(self) -> dict[str, Any]:
        """Return the model as plain JSON values."""
        return {"grams": self.grams.tolist(), "counts": self.counts.tolist()}

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Return the model that `to_json` gave.

        Raises:
            InputError: anything else.
        """
        if not isinstance(value, dict) or set(value) != {"grams", "counts"}:
            raise InputError("a spelling model must have `grams` and `counts`, but hasn't; save it again")
        return cls(
            grams=whole_numbers(value["grams"], name="grams", most=_SYMBOLS**ORDER - 1),
            counts=whole_numbers(value["counts"], name="counts", most=2**53),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """What followed every history of one length: sorted grams and histories, with how often and how many."""

    grams: NDArray[np.int64]
    seen: NDArray[np.float64]
    histories: NDArray[np.int64]
    total: NDArray[np.float64]
    different: NDArray[np.float64]

    def mixed(self, grams: NDArray[np.int64], below: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability of grams' last symbols, given that without the first symbol."""
        seen = _looked_up(self.grams, self.seen, grams)
        histories = grams // _SYMBOLS
        total = _looked_up(self.histories, self.total, histories)
        different = _looked_up(self.histories, self.different, histories)
        known = total > 0
        mixed = below.copy()
        mixed[known] = (seen[known] + different[known] * below[known]) / (total[known] + different[known])
        return mixed


def _table(grams: NDArray[np.int64], counts: NDArray[np.int64], order: int) -> _Table:
    kinds, which = np.unique(grams % _SYMBOLS**order, return_inverse=True)
    seen = np.bincount(which, weights=counts, minlength=len(kinds)).astype(np.float64)
    histories, of = np.unique(kinds // _SYMBOLS, return_inverse=True)
    return _Table(
        grams=kinds,
        seen=seen,
        histories=histories,
        total=np.bincount(of, weights=seen, minlength=len(histories)).astype(np.float64),
        different=np.bincount(of, minlength=len(histories)).astype(np.float64),
    )


def _looked_up(
    keys: NDArray[np.int64], values: NDArray[np.float64], wanted: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the values of wanted keys, 0 where a key isn't there."""
    if not len(keys):
        return np.zeros(len(wanted))
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], 0.0)


def _grams(words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every symbol of the words (ends included) with the three before it, and which word each is of."""
    encoded = [word.encode("utf-8") for word in words]
    lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
    before = ORDER - 1
    padded = lengths + before + 1  # starts, bytes, end
    first = np.concatenate([[0], np.cumsum(padded)]).astype(np.int64)
    symbols = np.full(int(first[-1]), _START, dtype=np.int64)
    ends = first[1:] - 1
    symbols[ends] = END
    inside = np.ones(len(symbols), dtype=bool)
    inside[ends] = False
    for back in range(before):
        inside[first[:-1] + back] = False
    symbols[inside] = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    inside[ends] = True
    at = np.flatnonzero(inside)
    grams = np.zeros(len(at), dtype=np.int64)
    for back in range(before, -1, -1):
        grams = grams * _SYMBOLS + symbols[at - back]
    return grams, np.repeat(np.arange(len(encoded)), lengths + 1)
