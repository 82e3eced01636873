"""A source of known entropy: a Markov chain over tokens, fitted on real text, that a model can be trained on and held against."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.stream import Stream
from steelyard.language.vocabulary import DOCUMENT

MOST = 12
"""The longest contexts."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarkovSource:
    """A source whose next token depends on the last `order` tokens only, with the frequencies of a text.

    The text is closed to a circle: what follows its last token is its first one. Every context then has a successor, every
    context is left as often as it is entered, and so the contexts' frequencies in the circle *are* the chain's stationary distribution
    pi, with no eigenvector to be found; the walk around the circle reaches every context from every other, so it is the only
    one. Its entropy rate (Shannon 1948, section 7) is exact:

        H = - sum over contexts s: pi(s) sum over tokens w: p(w | s) ln p(w | s).

    A model q that is asked for the source's tokens has the mean cross-entropy H + sum over s: pi(s) KL(p(. | s) || q): it can come near to
    H and, on average, never below it.

    Args:
        order: tokens of a context.
        size: number of tokens of the vocabulary.
        contexts: the contexts, their tokens in order, int32, shape (states, order), in lexicographic order.
        starts: where each context's successors start, int64, shape (states + 1,).
        successors: the tokens that may follow each, int32, shape (arcs,), rising within a context.
        counts: how often each followed, int64, shape (arcs,).
        following: the context that each leads to, int64, shape (arcs,).

    When it is wrong: it is exact about the source, not about the language: with a high order and a short text most contexts have one
    successor, H falls towards 0, and what is drawn repeats the text.

    Example:
        >>> source = MarkovSource.fit(np.array([2, 3, 2, 2, 3, 3]), order=1, size=4)
        >>> source.contexts.ravel().tolist(), source.stationary.tolist(), round(source.entropy_nats, 4)
        ([2, 3], [0.5, 0.5], 0.6365)
        >>> source.conditional([[2]]).round(3).tolist()
        [[0.0, 0.0, 0.333, 0.667]]
    """

    order: int
    size: int
    contexts: NDArray[np.int32]
    starts: NDArray[np.int64]
    successors: NDArray[np.int32]
    counts: NDArray[np.int64]
    following: NDArray[np.int64]

    @classmethod
    def fit(cls, tokens: Stream | NDArray[np.integer[Any]], *, order: int, size: int) -> Self:
        """Return the source with the frequencies of a stream or of token numbers.

        Args:
            tokens: a stream, whose marks of documents are left out (its documents join end to end), or real token numbers, shape (n,).
            order: tokens of a context, 1 to 12.
            size: number of tokens of the vocabulary.

        Raises:
            InputError: an order out of range, fewer tokens than `order + 1`, numbers outside the vocabulary or of the mark.
        """
        ids = tokens.ids[tokens.ids != DOCUMENT] if isinstance(tokens, Stream) else np.asarray(tokens)
        if not 1 <= order <= MOST:
            raise InputError(
                f"`order` must lie between 1 and {MOST} tokens, but got {order}; 2 or 3 is usual"
            )
        if ids.ndim != 1 or ids.dtype.kind not in "iu" or len(ids) <= order:
            raise InputError(
                f"the source must be fitted on more than {order} token numbers in one dimension, but got {ids.dtype} "
                f"of the shape {ids.shape}; give more text or a lower order"
            )
        if ids.min() < 0 or ids.max() >= size or bool((ids == DOCUMENT).any()):
            raise InputError(
                f"token numbers must lie between 0 and {size - 1} and not be {DOCUMENT}, the mark of a document, but aren't"
            )
        circle = ids.astype(np.int64)
        state = circle  # number of the context that ends at each token of the circle
        for _ in range(order - 1):
            _, state = np.unique(np.roll(state, 1) * size + circle, return_inverse=True)
        _, ends, state = np.unique(state, return_index=True, return_inverse=True)
        arcs, first, counts = np.unique(
            np.roll(state, 1) * size + circle, return_index=True, return_counts=True
        )
        back = np.arange(1 - order, 1)
        return cls(
            order=order,
            size=size,
            contexts=circle[(ends[:, None] + back) % len(circle)].astype(np.int32),
            starts=np.searchsorted(arcs // size, np.arange(len(ends) + 1)).astype(np.int64),
            successors=(arcs % size).astype(np.int32),
            counts=counts.astype(np.int64),
            following=state[first].astype(np.int64),
        )

    @property
    def stationary(self) -> NDArray[np.float64]:
        """Return how often the source is in each context in the long run, shape (states,), sums to 1."""
        shares: NDArray[np.float64] = self._left / self._left.sum()
        return shares

    @property
    def entropies_nats(self) -> NDArray[np.float64]:
        """Return the entropy of what follows each context, shape (states,), in nats."""
        p = self.counts / np.repeat(self._left, np.diff(self.starts))
        entropies: NDArray[np.float64] = np.add.reduceat(-p * np.log(p), self.starts[:-1]) + 0.0  # no -0.0
        return entropies

    @property
    def entropy_nats(self) -> float:
        """Return the entropy rate: what no predictor of the source can beat on average, in nats a token."""
        return float(self.stationary @ self.entropies_nats)

    def states(self, contexts: NDArray[np.integer[Any]] | Sequence[Sequence[int]]) -> NDArray[np.int64]:
        """Return the numbers of contexts, int64, shape (m,).

        Args:
            contexts: tokens in order, shape (m, order).

        Raises:
            InputError: another shape, or a context that the source never shows (with its tokens).
        """
        asked = np.asarray(contexts, dtype=np.int64)
        if asked.ndim != 2 or asked.shape[1] != self.order:
            raise InputError(f"`contexts` must have the shape (m, {self.order}), but have {asked.shape}")
        if asked.size and (asked.min() < 0 or asked.max() >= self.size):
            raise InputError(
                f"token numbers must lie between 0 and {self.size - 1}, but go from {asked.min()} to {asked.max()}"
            )
        known = np.zeros(len(self.contexts), dtype=np.int64)
        number = np.zeros(len(asked), dtype=np.int64)
        found = np.ones(len(asked), dtype=np.bool_)
        for column in range(self.order):
            keys, known = np.unique(known * self.size + self.contexts[:, column], return_inverse=True)
            wanted = number * self.size + asked[:, column]
            number = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            found &= keys[number] == wanted
        if not found.all():
            at = int(np.flatnonzero(~found)[0])
            raise InputError(
                f"contexts must be ones that the source shows, but context {at}, {asked[at].tolist()}, never occurs in it"
            )
        return number

    def states_along(self, tokens: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """Return the number of the context that each token after the first `order` is drawn from, shape (n - order,).

        Args:
            tokens: a run that the source may give, shape (n,).

        Raises:
            InputError: fewer than `order` tokens, or a context that the source never shows.
        """
        run = np.asarray(tokens)
        if run.ndim != 1 or len(run) < self.order:
            raise InputError(
                f"`tokens` must be a run of at least {self.order} tokens, but have the shape {run.shape}"
            )
        return self.states(np.lib.stride_tricks.sliding_window_view(run, self.order)[: len(run) - self.order])

    def conditional(
        self, contexts: NDArray[np.integer[Any]] | Sequence[Sequence[int]]
    ) -> NDArray[np.float64]:
        """Return the probability of every token after contexts, shape (m, size).

        Args:
            contexts: tokens in order, shape (m, order).

        Raises:
            InputError: as `states`.
        """
        return self.probabilities(self.states(contexts))

    def probabilities(self, states: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """Return the probability of every token in contexts given by their numbers, shape (m, size)."""
        dense = np.zeros((len(states), self.size))
        degrees = np.diff(self.starts)[states]
        rows = np.repeat(np.arange(len(states)), degrees)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(degrees) - degrees, degrees)
        arcs = np.repeat(self.starts[:-1][states], degrees) + within
        dense[rows, self.successors[arcs]] = self.counts[arcs] / self._left[states][rows]
        return dense

    def sample(self, count: int, *, seed: int) -> NDArray[np.int32]:
        """Return tokens drawn from the source, int32, shape (count,): a context as often as it comes, then token by token.

        Args:
            count: how many tokens, at least 1.
            seed: same seed, same tokens; a longer draw of a seed begins with the shorter one.

        Raises:
            InputError: a count below 1.
        """
        if count < 1:
            raise InputError(f"`count` must be at least 1 token, but got {count}")
        rng = np.random.default_rng(seed)
        # Whole numbers below a context's count make the probabilities exact fractions.
        below = np.cumsum(self.counts).tolist()
        starts = self.starts.tolist()
        following = self.following.tolist()
        state = bisect_right(starts, bisect_right(below, int(rng.random() * below[-1]))) - 1
        found = self.contexts[state].tolist()
        arcs = []
        for chance in rng.random(max(0, count - self.order)).tolist():
            first, after = starts[state], starts[state + 1]
            passed = below[first - 1] if first else 0
            arc = bisect_right(below, passed + int(chance * (below[after - 1] - passed)), first, after)
            arcs.append(arc)
            state = following[arc]
        drawn = self.successors[np.array(arcs, dtype=np.int64)]
        return np.concatenate([np.array(found, dtype=np.int32), drawn])[:count]

    @property
    def _left(self) -> NDArray[np.int64]:
        """How often each context is left, and entered, in the circle."""
        return np.add.reduceat(self.counts, self.starts[:-1])
