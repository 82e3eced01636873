"""In how many directions latents vary: effective rank, participation ratio, IsoScore; all of the centred vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.watch.probes.latents import Array, latents_of


def effective_rank(latents: Any, *, mask: Any = None) -> float:
    """Return exp of the entropy of the centred vectors' normalised singular values (Roy and Vetterli 2007, definition 1).

    Args:
        latents: shape (samples, width) or (batch, n, width).
        mask: True where there is a word, shape (samples,) or (batch, n).

    Returns:
        1 when all vary along one line, `width` when they vary alike in all directions, 0 when they don't vary. Singular values
        within the rounding of the number format count as 0.

    Raises:
        InputError: another shape, fewer than two vectors, or a number that isn't finite.

    Example:
        >>> square = np.array([[1.0, 0, 9], [-1, 0, 9], [0, 1, 9], [0, -1, 9]])
        >>> round(effective_rank(square), 6), round(effective_rank(square[:2]), 6)
        (2.0, 1.0)

    When it is wrong: with fewer samples than a few times `width` it is bounded by them. It depends on the units of the features, as any
    spectrum does. Low isn't bad in itself: a critic needs one direction, the value.

    References:
        Roy and Vetterli (2007), The effective rank: a measure of effective dimensionality, EUSIPCO.
    """
    found = latents_of(latents, mask=mask)
    return rank_of(spectrum(found.centred(), rounding=found.rounding))


def participation_ratio(latents: Any, *, mask: Any = None) -> float:
    """Return (sum of variances)^2 / (sum of their squares), of the principal directions.

    Args:
        latents: shape (samples, width) or (batch, n, width).
        mask: True where there is a word, shape (samples,) or (batch, n).

    Returns:
        1 to `width`, as `effective_rank`, but of variances, so that large directions count for more; 0 when nothing varies.

    Raises:
        InputError: another shape, fewer than two vectors, or a number that isn't finite.

    Example:
        >>> round(participation_ratio(np.array([[3.0, 0], [-3, 0], [0, 1], [0, -1]])), 3)  # variances 9 : 1
        1.22

    When it is wrong: see `effective_rank`.
    """
    found = latents_of(latents, mask=mask)
    return participation_of(spectrum(found.centred(), rounding=found.rounding))


def isoscore(latents: Any, *, mask: Any = None) -> float:
    """Return the IsoScore of Rudman et al. (2022): 1 when all directions vary alike, 0 when one does.

    Put together, the steps of their algorithm 1 are (participation ratio - 1) / (width - 1), which is what is computed; the test goes
    through the steps one by one. So it says the same as `participation_ratio`, on a scale from 0 to 1.

    Args:
        latents: shape (samples, width) or (batch, n, width).
        mask: True where there is a word, shape (samples,) or (batch, n).

    Returns:
        A number in [0, 1]; 0 when nothing varies; 1 for vectors of a single feature.

    Raises:
        InputError: another shape, fewer than two vectors, or a number that isn't finite.

    Example:
        >>> isoscore(np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])), isoscore(np.array([[1.0, 1], [2, 2], [4, 4]]))
        (1.0, 0.0)

    When it is wrong: see `effective_rank`. With few samples it is below 1 even for an isotropic source.

    References:
        Rudman, Gillman, Rayne and Eickhoff (2022), IsoScore: measuring the uniformity of embedding space utilization, Findings of ACL.
    """
    found = latents_of(latents, mask=mask)
    return isoscore_of(spectrum(found.centred(), rounding=found.rounding), width=found.rows.shape[1])


def spectrum(centred: Array, *, rounding: float) -> Array:
    """Return the singular values of centred rows, largest first, those within rounding 0.

    Args:
        centred: shape (samples, width).
        rounding: expected length of a row's rounding error.
    """
    samples, width = centred.shape
    largest = float(np.abs(centred).max())
    if largest == 0.0:
        return np.zeros(min(samples, width))
    scaled = centred / largest
    gram = scaled.T @ scaled if width <= samples else scaled @ scaled.T
    variances = np.linalg.eigvalsh(gram)[::-1]
    # Products lose half of the digits of float64: below that nothing can be told.
    variances[variances < 8 * np.finfo(np.float64).eps * max(samples, width) ** 0.5 * variances[0]] = 0.0
    values: Array = np.sqrt(variances) * largest
    # Rounding spreads over all directions: as a random matrix's, its singular values reach sqrt(samples) + sqrt(width) times an entry's, and
    # somewhat more where neighbouring numbers are rounded alike (1.19 times for a line in bfloat16).
    entry = 1.5 * rounding / width**0.5
    values[values <= entry * (samples**0.5 + width**0.5)] = 0.0
    return values


def rank_of(values: Array) -> float:
    """Return the effective rank of singular values."""
    total = float(values.sum())
    if total == 0.0:
        return 0.0
    shares = values[values > 0] / total
    return float(np.exp(-(shares * np.log(shares)).sum()))


def participation_of(values: Array) -> float:
    """Return the participation ratio of singular values."""
    if values[0] == 0.0:
        return 0.0
    variances = (values / values[0]) ** 2
    return float(variances.sum() ** 2 / (variances**2).sum())


def isoscore_of(values: Array, *, width: int) -> float:
    """Return the IsoScore of singular values."""
    if width == 1:
        return 1.0 if values[0] > 0 else 0.0
    return float(np.clip((participation_of(values) - 1) / (width - 1), 0.0, 1.0))
