"""Cross-entropy over classes: -log of the probability given to the right class, averaged.

The best constant forecast gives each class its frequency and gets the entropy of the frequencies (Shannon 1948); equal
probabilities get ln K. With label smoothing eps the targets themselves are soft, and no forecast gets below their
entropy: the right class has 1 - eps + eps/K, each other eps/K (Szegedy et al. 2016, section 7).

When it is wrong: class weights, and frequencies that aren't those of the data the loss was computed on.
"""

from __future__ import annotations

import math

import numpy as np

from steelyard.errors import InputError
from steelyard.weigh.losses._base import Evidence
from steelyard.weigh.scale import ReferencePoint, Scale


class CrossEntropy:
    """Cross-entropy over classes, in nats."""

    def build_scale(self, evidence: Evidence) -> Scale:
        """Return the scale between the entropy of the class frequencies (or ln K) and the floor."""
        shares, classes, notes = _frequencies(evidence)
        smoothed = _smooth(evidence.smoothing, classes)
        uniform = ReferencePoint(
            name="uniform",
            value=math.log(classes),
            meaning=f"the same probability for each of {classes} classes: ln {classes}",
            quantity=f"ln {classes}, what {classes} equally likely classes get",
            predictor=f"equal probabilities for all {classes} classes",
        )
        floor = ReferencePoint(
            name="floor",
            value=smoothed,
            meaning="the right class with certainty"
            if smoothed == 0
            else f"the targets smoothed by {evidence.smoothing:g}",
            predictor="certainty about every target" if smoothed == 0 else "the smoothed targets themselves",
        )
        if shares is None:
            return Scale(
                loss="cross-entropy",
                unit="nats",
                baseline=uniform,
                floor=floor,
                references=(uniform, floor),
                notes=notes,
            )
        soft = (1 - evidence.smoothing) * shares + evidence.smoothing / classes
        baseline = ReferencePoint(
            name="class frequencies",
            value=float(-(soft[soft > 0] * np.log(soft[soft > 0])).sum()),
            meaning="always predicting the class frequencies: their entropy",
            quantity="the entropy of the class frequencies",
            predictor="always predicting the class frequencies",
        )
        return Scale(
            loss="cross-entropy",
            unit="nats",
            baseline=baseline,
            floor=floor,
            references=(uniform, baseline, floor),
            notes=notes,
        )


def _frequencies(
    evidence: Evidence,
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]] | None, int, tuple[str, ...]]:
    """Return the frequencies of the classes (None if unknown), their number, and notes."""
    classes, targets = evidence.classes, evidence.targets
    if classes is not None and classes < 2:
        raise InputError(f"there must be at least 2 classes, but got {classes}")
    if targets is None:
        if classes is None:
            raise InputError(
                "cross-entropy must be given the number of classes or the targets; try --classes 10"
            )
        return (
            None,
            classes,
            ("Class frequencies are not known: with unequal ones, their entropy is the harder baseline.",),
        )
    if targets.dtype.kind == "f" and not np.isfinite(targets.astype(np.float64)).all():
        bad = np.flatnonzero(~np.isfinite(targets.astype(np.float64)))
        raise InputError(
            f"targets must be classes, but {len(bad)} are missing, the first at position {bad[0]}"
        )
    found, counts = np.unique(
        targets.astype(str) if targets.dtype.kind in "OU" else targets, return_counts=True
    )
    if len(found) < 2:
        raise InputError(
            f"targets must hold at least 2 classes, but all {len(targets)} are {found[0]!s}: there is nothing to learn"
        )
    if classes is not None and len(found) > classes:
        raise InputError(f"targets must hold at most the {classes} classes given, but hold {len(found)}")
    total = len(found) if classes is None else classes
    shares = np.zeros(total)
    shares[: len(found)] = counts / counts.sum()
    return shares, total, (f"Class frequencies come from {len(targets)} targets in {len(found)} classes.",)


def _smooth(smoothing: float, classes: int) -> float:
    if not 0 <= smoothing < 1:
        raise InputError(f"label smoothing must lie in 0 to 1, but got {smoothing}")
    right, other = 1 - smoothing + smoothing / classes, smoothing / classes
    return -right * math.log(right) - (classes - 1) * other * math.log(other) if smoothing else 0.0
