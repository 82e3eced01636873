"""Kneser-Ney: counted n-grams, discounted and mixed with shorter ones: the strongest classic model of language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.baselines._base import check_fitted, check_ids
from steelyard.language.baselines.grams import Grams, count_grams, known_before
from steelyard.language.stream import Stream

FALLBACK = (0.5, 1.0, 1.5)
"""Discounts where too few n-grams occur once, twice or three times to estimate them (those of Heafield's lmplz)."""
MOST = 32
"""The longest n-grams, in tokens."""


class KneserNey:
    """Guess from the last tokens by interpolated modified Kneser-Ney smoothing (Chen & Goodman 1998).

    With h the last tokens and h' the same without the first, as there under "modified Kneser-Ney":

        p(w | h) = max(c(hw) - D(c(hw)), 0) / c(h.) + gamma(h) p(w | h'),
        gamma(h) = (D1 N1(h.) + D2 N2(h.) + D3+ N3+(h.)) / c(h.),
        Y = n1 / (n1 + 2 n2), D1 = 1 - 2Y n2/n1, D2 = 2 - 3Y n3/n2, D3+ = 3 - 4Y n4/n3,

    where c is how often an n-gram of the highest order occurs, and for shorter ones how many different tokens stand before it; Nk(h.) is
    the number of tokens that follow h with c = k, and nk the number of n-grams of an order with c = k. Below single tokens is the
    uniform distribution, so that every token is possible. A history that training didn't have is shortened.

    Departures, both those of KenLM's lmplz (Heafield et al. 2013), whose probabilities these are to its precision: n-grams that begin
    with the mark of a document have nothing before them, and keep their plain counts in every order (the paper pads with several marks);
    discounts that can't be estimated, since no n-gram occurs once, twice or three times or one would not be positive, are 0.5, 1 and 1.5.

    Args:
        order: n, the tokens of the longest n-grams: the guessed one and n - 1 before it.

    Attributes:
        size_: number of tokens of the vocabulary.
        discounts_: D1, D2 and D3+ of each order, shape (order, 3).

    Raises:
        InputError: an order below 1 or above 32.

    When it is wrong: it sees `order - 1` tokens back and no further, and knows tokens by their numbers only: what follows one word tells
    it nothing about similar ones. A token that training never had (the unknown one, where all were known) has a share of the uniform
    part only.

    Example:
        >>> from steelyard.language.stream import Stream
        >>> stream = Stream.of(np.array([2, 3, 4, 2, 3, 2, 3, 4]))
        >>> model = KneserNey(order=3).fit(stream, size=5)
        >>> bool(model.predict([2, 3]).argmax() == 4), float(model.predict([4, 4]).sum().round(12))
        (True, 1.0)
    """

    def __init__(self, *, order: int = 5) -> None:
        if not 1 <= order <= MOST:
            raise InputError(
                f"`order` must lie between 1 and {MOST} tokens, but got {order}; 5 is usual for words"
            )
        self.order = order

    @property
    def name(self) -> str:
        """Return what tables call it."""
        return "bigram" if self.order == 2 else f"Kneser-Ney {self.order}-gram"

    def fit(self, stream: Stream, *, size: int) -> Self:
        """Count the stream's n-grams, and estimate the discounts."""
        check_ids(stream.ids, size=size)
        self.size_ = size
        grams = count_grams(stream.ids, order=self.order, size=size)
        above = (*grams[1:], None)
        self._levels = tuple(
            _level(each, _adjusted(each, longer), contexts=1 if order == 0 else len(grams[order - 1].keys))
            for order, (each, longer) in enumerate(zip(grams, above, strict=True))
        )
        self.discounts_ = np.array([level.discounts for level in self._levels])
        return self

    def score(self, stream: Stream) -> NDArray[np.float64]:
        """Return the nats of every token after the first, shape (t - 1,)."""
        check_fitted(self)
        check_ids(stream.ids, size=self.size_)
        tokens = stream.ids.astype(np.int64)
        reach = known_before(stream.ids)[1:]
        p = np.full(stream.tokens, 1 / self.size_)
        history = np.zeros(
            stream.tokens, dtype=np.int64
        )  # number of the gram that is the context of each token
        for order, level in enumerate(self._levels, start=1):
            found = level.grams.find(history, tokens[1:])
            p = level.mixed(p, history, found)
            # The context of one order more is the gram of this order that ends one token earlier.
            ending = tokens[:-1] if order == 1 else np.concatenate([[-1], found[:-1]])
            history = np.where(reach >= order, ending, -1)
        nats: NDArray[np.float64] = -np.log(p)
        return nats

    def predict(self, context: Sequence[int] | NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """Return the probability of every token after a context, shape (size,)."""
        check_fitted(self)
        known = np.asarray(context, dtype=np.int64).reshape(-1)
        check_ids(known, size=self.size_)
        p = np.full(self.size_, 1 / self.size_)
        for length, level in enumerate(self._levels):
            if length > len(known):
                break
            history = self._number(known[len(known) - length :])
            if history < 0:  # nor is any longer one there, and none that reaches behind a mark
                break
            p = level.spread(p, history)
        return p

    def _number(self, tokens: NDArray[np.int64]) -> int:
        """Return the number of the gram that tokens are, -1 where training didn't have it."""
        number = int(tokens[0]) if len(tokens) else 0
        for level, token in zip(self._levels[1:], tokens[1:], strict=False):
            number = int(level.grams.find(np.array([number]), np.array([token]))[0])
        return number


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Level:
    """One order: what its grams give their last tokens, and what each history leaves to the order below."""

    grams: Grams
    discounts: tuple[float, float, float]
    given: NDArray[np.float64]
    """max(c - D, 0) / c(h.) of each gram, shape (grams,)."""
    left: NDArray[np.float64]
    """gamma of each history, shape (histories,); 1 for one that nothing followed."""

    def mixed(
        self, p: NDArray[np.float64], history: NDArray[np.int64], found: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return the probabilities of tokens after histories, given those of the order below; -1 is none."""
        if not len(self.given):  # no document is long enough for this order
            return p
        left = np.where(history < 0, 1.0, self.left[history])
        return left * p + np.where(found < 0, 0.0, self.given[found])

    def spread(self, p: NDArray[np.float64], history: int) -> NDArray[np.float64]:
        """Return the probabilities of all tokens after one history, given those of the order below."""
        size = self.grams.size
        first, after = np.searchsorted(self.grams.keys, [history * size, (history + 1) * size])
        mixed: NDArray[np.float64] = self.left[history] * p
        mixed[self.grams.last[first:after]] += self.given[first:after]
        return mixed


def discounts_of(counts: NDArray[np.int64]) -> tuple[float, float, float]:
    """Return D1, D2 and D3+ of n-grams' counts (Chen & Goodman 1998).

    Args:
        counts: c of each n-gram of one order, shape (grams,).

    Example:
        >>> tuple(round(each, 4) for each in discounts_of(np.array([1] * 10 + [2] * 4 + [3] * 2 + [4])))
        (0.5556, 1.1667, 1.8889)
    """
    n1, n2, n3, n4 = (int((counts == times).sum()) for times in (1, 2, 3, 4))
    if 0 in {n1, n2, n3}:
        return FALLBACK
    y = n1 / (n1 + 2 * n2)
    found = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    return found if min(found) > 0 else FALLBACK


def _adjusted(grams: Grams, longer: Grams | None) -> NDArray[np.int64]:
    """Return c of each gram: in the highest order, and behind a mark, how often it occurs; else what stands before it."""
    if longer is None:
        return grams.counts
    before = np.bincount(longer.shorter, minlength=len(grams.keys))
    return np.where(grams.from_start, grams.counts, before)


def _level(grams: Grams, counts: NDArray[np.int64], *, contexts: int) -> _Level:
    found = discounts_of(counts)
    discount = np.array([0.0, *found])[np.minimum(counts, 3)]
    of = grams.contexts
    total = np.bincount(of, weights=counts, minlength=contexts)
    left = np.bincount(of, weights=discount, minlength=contexts)
    followed = total > 0
    return _Level(
        grams=grams,
        discounts=found,
        given=(counts - discount) / np.where(followed, total, 1)[of],
        left=np.where(followed, left / np.where(followed, total, 1), 1.0),
    )
