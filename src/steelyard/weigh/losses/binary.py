"""Losses of a probability of an event: binary cross-entropy and the Brier score.

A constant forecast q gets -p log q - (1-p) log(1-q), least at q = p, where it is the entropy H(p) (Shannon 1948); the
Brier score (Brier 1950, binary form) of a constant is p (1-p) + (p-q)^2, least at p (1-p).

When it is wrong: the base rate of the training data isn't that of the data the loss was computed on; weighted losses
(`pos_weight`, focal), whose trivial predictor isn't the base rate.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.weigh.losses._base import Evidence, numeric_targets
from steelyard.weigh.scale import ReferencePoint, Scale


def binary_entropy(p: float) -> float:
    """Return the entropy of an event of probability p, in nats.

    Example:
        >>> round(binary_entropy(0.2), 4)
        0.5004
    """
    return -sum(q * math.log(q) for q in (p, 1 - p) if q > 0)


def base_rate_of_entropy(entropy: float) -> float | None:
    """Return the base rate of at most one half whose entropy this is, in nats; None above ln 2.

    Example:
        >>> round(base_rate_of_entropy(0.5004), 3)
        0.2
    """
    if not 0 <= entropy <= math.log(2):
        return None
    low, high = 0.0, 0.5
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if binary_entropy(middle) < entropy else (low, middle)
    return (low + high) / 2


class BinaryCrossEntropy:
    """Binary cross-entropy in nats."""

    def build_scale(self, evidence: Evidence) -> Scale:
        """Return the scale between the entropy of the base rate and the entropy of the targets themselves."""
        rate, targets = _rate(evidence, loss="bce")
        own = 0.0 if targets is None else float(np.mean([binary_entropy(each) for each in targets.tolist()]))
        share = f"{rate:.3g}" if rate < 0.001 else f"{100 * rate:.3g}%"
        baseline = ReferencePoint(
            name="base rate",
            value=binary_entropy(rate),
            meaning="always predicting the base rate: the entropy of the targets",
            quantity=f"the entropy of a {share} base rate",
            predictor="always predicting the base rate",
        )
        floor = ReferencePoint(
            name="floor",
            value=own,
            meaning="the right answer with certainty" if own == 0 else "the soft targets themselves",
            predictor="certainty about every target" if own == 0 else "the soft targets themselves",
        )
        untrained = ReferencePoint(
            name="even odds",
            value=math.log(2),
            meaning="a probability of one half for everything: an untrained network",
            predictor="even odds",
        )
        return Scale(
            loss="bce",
            unit="nats",
            baseline=baseline,
            floor=floor,
            references=(untrained, baseline, floor),
            notes=_sampling_note(rate, targets),
        )


class Brier:
    """The Brier score of an event."""

    def build_scale(self, evidence: Evidence) -> Scale:
        """Return the scale between the variance of the base rate and 0."""
        rate, targets = _rate(evidence, loss="brier")
        baseline = ReferencePoint(
            name="base rate",
            value=rate * (1 - rate),
            meaning="always predicting the base rate: p (1 - p)",
            quantity=f"what a {100 * rate:.3g}% base rate gets",
            predictor="always predicting the base rate",
        )
        floor = ReferencePoint(
            name="floor",
            value=0.0,
            meaning="the right answer with certainty",
            predictor="certainty about every target",
        )
        untrained = ReferencePoint(
            name="even odds",
            value=0.25,
            meaning="a probability of one half for everything",
            predictor="even odds",
        )
        return Scale(
            loss="brier",
            unit="squared probability",
            baseline=baseline,
            floor=floor,
            references=(untrained, baseline, floor),
            notes=(
                "The two-class form that sums over both classes is twice this number; divide it by 2 first.",
                *_sampling_note(rate, targets),
            ),
        )


def _rate(evidence: Evidence, *, loss: str) -> tuple[float, NDArray[np.float64] | None]:
    if (evidence.base_rate is None) == (evidence.targets is None):
        raise InputError(
            f"{loss} must be given either a base rate or targets; try --base-rate 0.05, or --targets FILE --column y"
        )
    if evidence.base_rate is not None:
        if not 0 < evidence.base_rate < 1:
            raise InputError(
                f"the base rate must lie between 0 and 1, but got {evidence.base_rate}; with only one class there is nothing to learn"
            )
        return float(evidence.base_rate), None
    values = numeric_targets(evidence, loss=loss)
    outside = np.flatnonzero((values < 0) | (values > 1))
    if len(outside):
        raise InputError(
            f"targets of {loss} must lie in 0 to 1, but position {outside[0]} holds {values[outside[0]]:g}; use `cross-entropy` for "
            "more classes"
        )
    rate = float(values.mean())
    if not 0 < rate < 1:
        raise InputError(
            f"targets must hold both classes, but all {len(values)} are {values[0]:g}: there is nothing to learn"
        )
    return rate, values


def _sampling_note(rate: float, targets: NDArray[np.float64] | None) -> tuple[str, ...]:
    if targets is None:
        return ()
    error = math.sqrt(rate * (1 - rate) / len(targets))
    return (f"The base rate of {rate:.4g} comes from {len(targets)} targets (standard error {error:.2g}).",)
