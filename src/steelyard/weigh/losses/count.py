"""Losses of a count: the Poisson loss of the frameworks, and the negative log likelihood of a whole distribution.

The Poisson loss is rate - y log(rate), by default without its log(y!) term, as torch's PoissonNLLLoss(full=False) with
log_input=True and Keras' Poisson have it; the best constant rate is the mean, and no rate beats rate = y (the saturated
model). The count log likelihood is -log P(y), whatever the distribution: among constants none beats the observed
frequencies, whose score is their entropy; the best constant Poisson and negative binomial stand above it.

When it is wrong: targets that aren't those the loss was computed on; exposures or offsets.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from steelyard.errors import InputError
from steelyard.weigh.losses._base import Evidence, numeric_targets
from steelyard.weigh.scale import ReferencePoint, Scale


class PoissonLoss:
    """The Poisson loss, in nats up to a term that doesn't depend on the forecast."""

    def build_scale(self, evidence: Evidence) -> Scale:
        """Return the scale between the best constant rate and the saturated model."""
        y = _counts(evidence, loss="poisson")
        mean = float(y.mean())
        dropped = float(special.gammaln(y + 1).mean()) if evidence.full else 0.0
        baseline = ReferencePoint(
            name="mean rate",
            value=mean - mean * float(np.log(mean)) + dropped,
            meaning=f"always predicting the mean rate, {mean:.4g}",
            quantity="what always predicting the mean rate gets",
            predictor="always predicting the mean rate",
        )
        floor = ReferencePoint(
            name="floor",
            value=float((y - special.xlogy(y, y)).mean()) + dropped,
            meaning="a rate equal to every count (the saturated model)",
            predictor="a rate equal to every count",
        )
        return Scale(
            loss="poisson",
            unit="nats" if evidence.full else "nats (without log y!)",
            baseline=baseline,
            floor=floor,
            references=(baseline, floor),
            notes=(
                "Nobody can know every count: with Poisson noise the floor can't be reached.",
                "The log(y!) term is kept."
                if evidence.full
                else "The log(y!) term is left out, as the frameworks do by default.",
            ),
        )


class CountLikelihood:
    """The negative log likelihood of a distribution over counts, in nats an observation."""

    def build_scale(self, evidence: Evidence) -> Scale:
        """Return the scale between the observed frequencies and certainty."""
        y = _counts(evidence, loss="count")
        if (y != np.round(y)).any():
            raise InputError("targets of a count likelihood must be whole numbers; use `poisson` for rates")
        counts = np.unique(y, return_counts=True)[1] / len(y)
        baseline = ReferencePoint(
            name="frequencies",
            value=float(-(counts * np.log(counts)).sum()),
            meaning="always predicting the observed frequencies: their entropy",
            quantity="the entropy of the observed frequencies",
            predictor="always predicting the observed frequencies",
        )
        poisson = ReferencePoint(
            name="constant poisson",
            value=float(-stats.poisson.logpmf(y, y.mean()).mean()),
            meaning=f"one Poisson distribution with the mean, {y.mean():.4g}",
            predictor="a constant Poisson",
        )
        floor = ReferencePoint(
            name="floor",
            value=0.0,
            meaning="every count with certainty",
            predictor="certainty about every count",
        )
        points = [poisson, *_negative_binomial(y), baseline, floor]
        return Scale(
            loss="count",
            unit="nats",
            baseline=baseline,
            floor=floor,
            references=tuple(sorted(points, key=lambda point: -point.value)),
            notes=(
                "The frequencies are those of the targets themselves, so this baseline is slightly too good for new ones.",
            ),
        )


def _negative_binomial(y: NDArray[np.float64]) -> list[ReferencePoint]:
    """Return the best constant negative binomial; nothing where the counts aren't spread wider than a Poisson's."""
    mean, variance = float(y.mean()), float(y.var())
    if variance <= mean:
        return []

    def loss(log_size: float) -> float:
        size = float(np.exp(log_size))
        return float(-stats.nbinom.logpmf(y, size, size / (size + mean)).mean())

    best = optimize.minimize_scalar(loss, bounds=(-10, 10), method="bounded")
    return [
        ReferencePoint(
            name="constant negative binomial",
            value=float(best.fun),
            meaning=f"one negative binomial with mean {mean:.4g} and size {np.exp(best.x):.3g}",
            predictor="a constant negative binomial",
        )
    ]


def _counts(evidence: Evidence, *, loss: str) -> NDArray[np.float64]:
    y = numeric_targets(evidence, loss=loss)
    if (y < 0).any():
        position = int(np.flatnonzero(y < 0)[0])
        raise InputError(
            f"targets of {loss} must not be negative, but position {position} holds {y[position]:g}"
        )
    if float(np.ptp(y)) == 0:
        raise InputError(f"targets must vary, but all {len(y)} are {y[0]:g}: a constant is right every time")
    return y
