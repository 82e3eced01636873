"""How often each class is the target, from what was given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.weigh.evidence import Evidence, require_one
from steelyard.weigh.losses._binary import read_base_rate
from steelyard.weigh.targets import class_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Categories:
    """How often each of K classes is the target.

    Args:
        shares: frequencies of the classes that occur, which sum to 1; None if only K is known.
        classes: K, those that don't occur among them.
        n: how many targets the frequencies come from; None if unknown.
    """

    shares: NDArray[np.float64] | None
    classes: int
    n: int | None


def read_categories(evidence: Evidence, *, loss: str) -> Categories:
    """Return the classes' frequencies: given, counted in the targets, or equal if only the number of classes is known.

    Raises:
        InputError: nothing given, or several of frequencies, base rate and targets; fewer than 2 classes, or fewer
            than occur; frequencies that are negative, not finite, or neither shares nor counts; all in one class.

    Example:
        >>> read_categories(Evidence(targets=["a", "b", "b", "b"], classes=3), loss="cross-entropy").shares
        array([0.25, 0.75])
    """
    classes, n = evidence.classes, evidence.n
    if classes is not None and classes < 2:
        raise InputError(f"`classes` must be at least 2, but got {classes}; one class needs no predictor")
    sources = ("frequencies", "base_rate", "targets")
    if classes is not None and not evidence.given() & set(sources):
        if n is not None:
            raise InputError(
                "`n` must come with `frequencies` or `base_rate`, but got only `classes`; leave it out"
            )
        return Categories(shares=None, classes=classes, n=None)
    given = require_one(evidence, *sources, *(("classes",) if classes is None else ()), loss=loss)
    if given == "base_rate":
        rate = read_base_rate(evidence, loss=loss).rate
        counts = np.array([1 - rate, rate])
    elif given == "targets":
        counts = class_counts(evidence.targets)
        n = int(counts.sum())
    else:
        counts = np.asarray(evidence.frequencies, dtype=np.float64)
        n = _check_frequencies(counts, n)
    if classes is not None and classes < len(counts):
        raise InputError(
            f"`classes` must be at least the number of classes seen, but got {classes}, and {len(counts)} were seen"
        )
    occurring = counts[counts > 0]
    if len(occurring) < 2:
        raise InputError(
            "at least two classes must occur, but all targets are of one class; a constant predicts them perfectly, so "
            "there is nothing to weigh"
        )
    return Categories(shares=occurring / occurring.sum(), classes=classes or len(counts), n=n)


def _check_frequencies(frequencies: NDArray[np.float64], n: int | None) -> int | None:
    """Return how many targets frequencies come from, where that is known."""
    if frequencies.ndim != 1 or not np.isfinite(frequencies).all() or (frequencies < 0).any():
        raise InputError(
            f"`frequencies` must be a list of numbers, 0 or more, but got {frequencies.tolist()}; give a share or a count a class"
        )
    total = float(frequencies.sum())
    if abs(total - 1) <= 1e-3:  # shares as people round them
        return n
    if total < 2 or (frequencies != np.floor(frequencies)).any():
        raise InputError(
            f"`frequencies` must be shares that sum to 1, or counts, but got {frequencies.tolist()}, which sum to {total:g}"
        )
    if n is not None and n != total:
        raise InputError(f"`n` must be the sum of the counts, {total:g}, but got {n}; leave it out")
    return int(total)
