"""What a model said of every token of a text: the nats, the rank of the right token, and its own first guesses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError

GUESSES = 5
"""Guesses that are kept of each token."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """A text as one state of a model saw it.

    Args:
        nats: -ln of the probability of each right token, shape (n,).
        ranks: 1 where the right token was the most probable one, and so on, equally probable tokens by their id, shape (n,).
        tied: how many tokens were as probable as the right one, itself among them, shape (n,).
        ahead: how many were more probable, shape (n,).
        guesses: ids of the most probable tokens, the first guess first, shape (n, count).
        probabilities: of the guesses, shape (n, count).
        mass: probability that was given to all tokens in each band of probability, shape (n, bands); empty without bands.
        right_band: the band of the right token's probability, shape (n,); empty without bands.
        sizes: how many guesses (of all tokens everywhere) lay in each band, shape (bands,).
    """

    nats: NDArray[np.float64]
    ranks: NDArray[np.int32]
    tied: NDArray[np.int32]
    ahead: NDArray[np.int32]
    guesses: NDArray[np.int32]
    probabilities: NDArray[np.float64]
    mass: NDArray[np.float64]
    right_band: NDArray[np.int64]
    sizes: NDArray[np.int64]


def scored(
    rows: Iterable[NDArray[np.floating]],
    targets: NDArray[np.integer],
    *,
    count: int = GUESSES,
    edges: NDArray[np.float64] | None = None,
) -> Scored:
    """Return what rows of log probabilities say of the tokens that came.

    Equally probable tokens are ranked by their id, so that the first guess has rank 1 and there is only one.

    Args:
        rows: chunks of shape (k, size) that sum up to (n, size), as `LanguageModel.log_probabilities` gives them; nats.
        targets: ids that came, shape (n,).
        count: guesses to keep; at most `size` are there.
        edges: inner edges of bands of probability, increasing, for `mass`; None leaves it out.

    Raises:
        InputError: more or fewer rows than targets, `count` below 1, a log probability that is nan.

    Example:
        >>> found = scored([np.log([[0.2, 0.5, 0.3]])], np.array([2]), count=2)
        >>> found.ranks.tolist(), found.guesses.tolist(), found.nats.round(3).tolist()
        ([2], [[1, 2]], [1.204])
    """
    if count < 1:
        raise InputError(f"`count` must be at least 1, but got {count}")
    parts = list(_parts(rows, np.asarray(targets, dtype=np.int64), count, edges))
    done = sum(len(part.nats) for part in parts)
    if done != len(targets) or not parts:
        raise InputError(f"`rows` must have one row for each of the {len(targets)} targets, but have {done}")
    return Scored(
        nats=np.concatenate([part.nats for part in parts]),
        ranks=np.concatenate([part.ranks for part in parts]),
        tied=np.concatenate([part.tied for part in parts]),
        ahead=np.concatenate([part.ahead for part in parts]),
        guesses=np.concatenate([part.guesses for part in parts]),
        probabilities=np.concatenate([part.probabilities for part in parts]),
        mass=np.concatenate([part.mass for part in parts]),
        right_band=np.concatenate([part.right_band for part in parts]),
        sizes=np.sum([part.sizes for part in parts], axis=0, dtype=np.int64),
    )


def _parts(
    rows: Iterable[NDArray[np.floating]],
    targets: NDArray[np.int64],
    count: int,
    edges: NDArray[np.float64] | None,
) -> Iterator[Scored]:
    first = 0
    for chunk in rows:
        right = targets[first : first + len(chunk)]
        first += len(chunk)
        if len(right) < len(chunk):
            raise InputError(
                f"`rows` must have one row for each of the {len(targets)} targets, but have {first} or more"
            )
        if np.isnan(chunk).any():
            raise InputError(
                "log probabilities must be numbers, but some are nan: the training diverged; lower the learning rate, or clip the gradient"
            )
        own = chunk[np.arange(len(chunk)), right]
        same = chunk == own[:, None]
        ahead = np.count_nonzero(chunk > own[:, None], axis=1)
        before = np.count_nonzero(same & (np.arange(chunk.shape[1]) < right[:, None]), axis=1)
        guesses = _most_probable(chunk, min(count, chunk.shape[1]))
        mass, band, sizes = _in_bands(chunk, right, edges)
        yield Scored(
            nats=-own.astype(np.float64),
            ranks=(1 + ahead + before).astype(np.int32),
            tied=np.count_nonzero(same, axis=1).astype(np.int32),
            ahead=ahead.astype(np.int32),
            guesses=guesses,
            probabilities=np.exp(np.take_along_axis(chunk, guesses, axis=1).astype(np.float64)),
            mass=mass,
            right_band=band,
            sizes=sizes,
        )


def _most_probable(chunk: NDArray[np.floating], count: int) -> NDArray[np.int32]:
    """Return each row's most probable ids, the first guess first, equal ones by their id."""
    size = chunk.shape[1]
    least = np.partition(chunk, size - count, axis=1)[:, size - count]
    inside = chunk >= least[:, None]
    for row in np.flatnonzero(np.count_nonzero(inside, axis=1) > count):
        tied = np.flatnonzero(chunk[row] == least[row])
        spare = count - int(np.count_nonzero(chunk[row] > least[row]))
        inside[row, tied[spare:]] = False
    chosen = np.nonzero(inside)[1].reshape(len(chunk), count)  # by id in each row
    order = np.argsort(-np.take_along_axis(chunk, chosen, axis=1), axis=1, kind="stable")
    return np.take_along_axis(chosen, order, axis=1).astype(np.int32)


def _in_bands(
    chunk: NDArray[np.floating], right: NDArray[np.int64], edges: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    if edges is None:
        return np.empty((len(chunk), 0)), np.empty(len(chunk), dtype=np.int64), np.empty(0, dtype=np.int64)
    probability = np.exp(chunk.astype(np.float64))
    band = np.searchsorted(edges, probability, side="right")
    bands = len(edges) + 1
    cell = (np.arange(len(chunk))[:, None] * bands + band).ravel()
    mass = np.bincount(cell, weights=probability.ravel(), minlength=len(chunk) * bands)
    sizes = np.bincount(band.ravel(), minlength=bands)
    own = band[np.arange(len(chunk)), right].astype(np.int64)
    return mass.reshape(len(chunk), bands).astype(np.float64), own, sizes.astype(np.int64)
