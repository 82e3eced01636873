"""Negative log-likelihood of counts: -mean ln P(y), in nats, under whatever distribution the model predicts.

For negative binomial, zero-inflated and hurdle models, and a Poisson with ln y!: all of them are probabilities of
the same counts, so one scale serves them all.

Trivial predictors: no constant prediction of any form beats the frequencies with which the counts occurred, whose loss
is their entropy (the baseline; Shannon 1948). The best constant Poisson (rate = mean) and the best constant negative
binomial (greatest likelihood; Levin and Reeds 1977) are further points.

Floor: 0, certainty about every count, which nobody has.

Sampling: interval of a mean, with the corrections of Miller (1955) and Harris (1975) for fitted frequencies.

When it is wrong: many different counts among few targets: their frequencies, fitted to those very targets, flatter the
baseline, and the constant negative binomial is the fair one to beat (a note says so). A likelihood that leaves out ln
y! is not this (use `poisson`); nor is a density of a continuous variable. Exposures, as for `poisson`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.weigh.count_fit import fit_negative_binomial, negative_binomial_nats
from steelyard.weigh.digits import number, share
from steelyard.weigh.evidence import Evidence, require_one
from steelyard.weigh.losses._base import Loss
from steelyard.weigh.losses.poisson import poisson_losses
from steelyard.weigh.sampling import mean_interval, sampling_note
from steelyard.weigh.scale import ReferencePoint, Scale
from steelyard.weigh.targets import numbers, varied, whole


def count_scale(evidence: Evidence) -> Scale:
    """Return the scale of a count likelihood for counts.

    Raises:
        InputError: no targets; targets that aren't counts or are all the same.

    Example:
        >>> print(count_scale(Evidence(targets=[0] * 15 + [1] * 3 + [2, 8])))
        count in nats (lower is better): constant Poisson 1.49, constant negative binomial 0.971, frequencies 0.800, floor 0
    """
    require_one(evidence, "targets", loss="count")
    y = varied(whole(numbers(evidence.targets)))
    _, occurrences = np.unique(y, return_counts=True)
    n, distinct = len(y), len(occurrences)
    counts: NDArray[np.float64] = occurrences.astype(np.float64)
    surprises = -np.log(counts / n)
    base = ReferencePoint(
        name="frequencies",
        value=float((counts * surprises).sum() / n),
        meaning="always predicting how often each count occurred: the best constant of any form",
        quantity="the entropy of the counts",
        predictor="always predicting how often each count occurs",
    )
    mean, size = fit_negative_binomial(y)
    poisson = ReferencePoint(
        name="constant Poisson",
        value=float(poisson_losses(y, rate=mean, full=True).mean()),
        meaning=f"always a Poisson with the mean, {number(mean)}",
        predictor="the best constant Poisson",
    )
    binomial = ReferencePoint(
        name="constant negative binomial",
        value=float(negative_binomial_nats(y, mean=mean, size=size).mean()),
        meaning=f"always the best negative binomial, mean {number(mean)}, size {number(size)}",
        predictor="the best constant negative binomial",
    )
    floor = ReferencePoint(name="floor", value=0.0, meaning="certain and right about every count")
    interval = mean_interval(surprises, weights=counts, parameters=distinct)
    notes = [f"{share(float((y == 0).mean()))} of the targets are 0.", sampling_note(n, interval)]
    flattery = (distinct - 1) / (2 * n)
    if flattery > 0.01 * base.value:
        notes.append(
            f"{distinct:,} different counts among {n:,} targets flatter the frequencies by about {number(flattery, digits=2)} "
            "nats (Miller 1955); the constant negative binomial is the fairer one to beat."
        )
    return Scale(
        loss="count",
        unit="nats",
        baseline=base,
        floor=floor,
        references=(poisson, binomial, base, floor),
        baseline_interval=interval,
        targets=n,
        notes=tuple(notes),
    )


LOSS = Loss(name="count", accepts=frozenset({"targets"}), scale=count_scale)
