"""Mean cosines between latents: what they say, and what is only the shared mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.watch.probes.latents import Array, as_array, latents_of, mask_of


def mean_cosine(latents: Any, *, mask: Any = None) -> float:
    """Return the mean cosine of all pairs of vectors.

    Computed from the sum of the unit vectors, `|sum u|^2 = samples + sum of cos over pairs`, so without the matrix of all pairs. Where
    vectors are about equally long it is `mean_share`: it measures how much of them is their common mean. **Scaling vectors to unit length
    changes no cosine**, since a cosine is of directions; subtracting the mean does.

    Args:
        latents: shape (samples, width) or (batch, n, width).
        mask: True where there is a word, shape (samples,) or (batch, n).

    Returns:
        A number in [-1 / (samples - 1), 1]; vectors of length 0 have no direction and are left out, and nan says that fewer than two have one.

    Raises:
        InputError: another shape, fewer than two vectors, or a number that isn't finite.

    Example:
        >>> corners = np.eye(4)
        >>> mean_cosine(corners), round(mean_cosine(corners + 10), 4), round(mean_cosine(5 * (corners + 10)), 4)
        (0.0, 0.9976, 0.9976)

    When it is wrong: as a sign of anything but a shared mean. A near-1 mean cosine goes with perfectly readable words (`linear_probe`), and a
    near-0 one with noise.
    """
    return all_pairs_cosine(latents_of(latents, mask=mask).rows)


def centred_mean_cosine(latents: Any, *, mask: Any = None) -> float:
    """Return the mean cosine of all pairs of vectors less the mean of all: about 0 when the shared mean was all there was.

    Args:
        latents: shape (samples, width) or (batch, n, width).
        mask: True where there is a word, shape (samples,) or (batch, n).

    Raises:
        InputError: another shape, fewer than two vectors, or a number that isn't finite.

    Example:
        >>> round(centred_mean_cosine(np.eye(4) + 10), 4)
        -0.3333

    When it is wrong: centred vectors add up to 0, so over *all* pairs this is near 0 unless lengths and directions go together (a cluster of
    long ones). It shows that the cone was only the mean; it can't show a collapse, for which there is `effective_rank`.
    """
    return all_pairs_cosine(latents_of(latents, mask=mask).centred())


def bag_cosine(latents: Any, *, mask: Any = None, words: Any = None, centred: bool = False) -> float:
    """Return the mean cosine of pairs in the same bag, averaged over pairs.

    Args:
        latents: shape (batch, n, width).
        mask: True where there is a word, shape (batch, n).
        words: number of the word at each place, shape (batch, n): then only pairs of unlike words count, since twice the same word in a bag has
            the same latent wherever order carries nothing.
        centred: take the mean over all bags off first.

    Returns:
        The mean over all such pairs of the batch; nan where there is none.

    Raises:
        InputError: latents without bags, and what `mean_cosine` raises.

    Example:
        >>> bags = np.array([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]])
        >>> round(bag_cosine(bags), 3), bag_cosine(bags, words=np.array([[5, 6], [7, 7]]))
        (0.5, 0.0)

    When it is wrong: attention moves what all words of a bag have in common (the state) into each of them, which raises it for good reason.
    """
    found = latents_of(latents, mask=mask)
    if found.bags is None:
        raise InputError(
            "`latents` must have shape (batch, n, width) for a cosine within bags, but have no bags; use `mean_cosine`"
        )
    rows = found.centred() if centred else found.rows
    return same_bag_cosine(rows, found.bags, words=words_of(words, latents, mask=mask))


def mean_share(latents: Any, *, mask: Any = None) -> float:
    """Return `|mean|^2 / E|x|^2`: the share of the vectors' mean square that is their common mean.

    Where all vectors are equally long the mean cosine of all pairs, each vector with itself among them, is exactly this.

    Args:
        latents: shape (samples, width) or (batch, n, width).
        mask: True where there is a word, shape (samples,) or (batch, n).

    Returns:
        A number in [0, 1]; nan where every vector is 0.

    Raises:
        InputError: another shape, fewer than two vectors, or a number that isn't finite.

    Example:
        >>> round(mean_share(np.eye(4) + 10), 4)  # mean 10.25 in each of four places; E|x|^2 is 11^2 + 3 * 10^2
        0.9982

    When it is wrong: it depends on where 0 is, as a cosine does; a layer that subtracts the mean afterwards (LayerNorm does not: it subtracts
    the mean over the features of each vector) makes it irrelevant.
    """
    return share_of_mean(latents_of(latents, mask=mask).rows)


def share_of_mean(rows: Array) -> float:
    """Return `|mean|^2 / E|x|^2` of rows; nan where all are 0."""
    mean = rows.mean(axis=0)
    square = float(np.einsum("ij,ij->", rows, rows)) / len(rows)
    return min(float(mean @ mean) / square, 1.0) if square > 0 else math.nan


def all_pairs_cosine(rows: Array) -> float:
    """Return the mean cosine of all pairs of rows; nan where fewer than two have a direction."""
    units, kept = _unit_rows(rows)
    count = int(kept.sum())
    if count < 2:
        return math.nan
    total = units.sum(axis=0)
    return float((total @ total - count) / (count * (count - 1)))


def _unit_rows(rows: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return rows at length 1 and which of them have a direction; the others stay 0."""
    largest = np.abs(rows).max(axis=1, keepdims=True)
    scaled = np.divide(rows, largest, out=np.zeros_like(rows), where=largest > 0)  # no square may overflow
    lengths = np.linalg.norm(scaled, axis=1, keepdims=True)
    return np.divide(scaled, lengths, out=np.zeros_like(rows), where=lengths > 0), lengths[:, 0] > 0


def words_of(words: Any, latents: Any, *, mask: Any = None) -> NDArray[np.int64] | None:
    """Return the words of the rows that a mask keeps, or None where none were given.

    Raises:
        InputError: another shape than the latents' without the width, or numbers that aren't whole.
    """
    if words is None:
        return None
    values, _ = as_array(words, name="words")
    shape = tuple(np.shape(latents)[:-1])
    if values.shape != shape:
        raise InputError(f"`words` must have shape {shape}, one for each vector, but got {values.shape}")
    if values.dtype.kind == "f" and not np.equal(values, np.round(values)).all():
        raise InputError("`words` must be whole numbers, but some aren't; give each word a number")
    flat = values.ravel().astype(np.int64)
    if mask is None:
        return flat
    return flat[mask_of(mask, shape)]


def same_bag_cosine(rows: Array, bags: NDArray[np.int64], *, words: NDArray[np.int64] | None) -> float:
    """Return the mean cosine of pairs of rows in the same bag, with `words` of unlike words only; nan where there is no pair."""
    units, kept = _unit_rows(rows)
    units, bags = units[kept], bags[kept]
    cosines, pairs = _pairs_of_groups(units, bags)
    if words is not None:
        named = bags * (int(words.max(initial=0)) + 1) + words[kept]
        alike, fewer = _pairs_of_groups(units, named)
        cosines, pairs = cosines - alike, pairs - fewer
    return cosines / pairs if pairs > 0 else math.nan


def _pairs_of_groups(units: Array, groups: NDArray[np.int64]) -> tuple[float, float]:
    """Return the sum of cosines over pairs of unlike rows in the same group, and how many (ordered) pairs there are."""
    _, which, counts = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.argsort(which, kind="stable")
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    sums = np.add.reduceat(units[order], starts, axis=0) if len(units) else units
    cosines = float(np.einsum("ij,ij->", sums, sums)) - len(units)
    return cosines, float((counts.astype(np.float64) * (counts - 1)).sum())
