"""Cross-entropy over K classes: -mean ln q(right class), in nats; Keras' (sparse) categorical cross-entropy.

Trivial predictors: the best constant is the classes' frequencies f, and its loss is their entropy -sum f ln f (the
baseline; Shannon 1948). A uniform guess, which is what an untrained network makes, gets ln K; it is the baseline where
only K is known.

Floor: 0. With label smoothing e (Szegedy et al. 2016, section 7) the targets are (1 - e) one-hot + e / K, and the
floor is their entropy: with a = 1 - e + e / K and b = e / K, -a ln a - (K - 1) b ln b. The best constant is then
(1 - e) f + e / K. This is torch's `label_smoothing` and Keras'.

Perplexity is the number of equally likely classes that would be as hard to guess (Jelinek et al. 1977).

Sampling: interval of a mean, with the corrections of Miller (1955) and Harris (1975) for fitted frequencies.

When it is wrong: class weights or ignored tokens in the mean; language, where neighbours say more than frequencies and
a bigram model is the baseline to beat; inherently uncertain labels, which put the attainable floor above 0.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.weigh.digits import number
from steelyard.weigh.evidence import Evidence
from steelyard.weigh.losses._base import Loss, remark_on_sum
from steelyard.weigh.losses._categories import Categories, read_categories
from steelyard.weigh.sampling import mean_interval, sampling_note
from steelyard.weigh.scale import Placement, ReferencePoint, Scale


def cross_entropy_scale(evidence: Evidence) -> Scale:
    """Return the scale of cross-entropy for frequencies, targets, or a number of classes.

    Raises:
        InputError: see `read_categories`; a label smoothing outside [0, 1).

    Example:
        >>> print(cross_entropy_scale(Evidence(frequencies=[0.6, 0.3, 0.1])))
        cross-entropy in nats (lower is better): uniform 1.10, class frequencies 0.898, floor 0
    """
    epsilon = evidence.smoothing
    if not 0 <= epsilon < 1:
        raise InputError(f"`smoothing` must lie in [0, 1), but got {epsilon}; 0.1 is usual, 0 is none")
    known = read_categories(evidence, loss="cross-entropy")
    classes = known.classes
    uniform = ReferencePoint(
        name="uniform",
        value=math.log(classes),
        meaning=f"the same probability for each of {classes:,} classes, as an untrained network gives",
        quantity=f"the entropy of {classes:,} equally likely classes",
        predictor="guessing uniformly",
    )
    floor = ReferencePoint(
        name="floor",
        value=smoothed_floor_nats(epsilon, classes),
        meaning="certain and right every time"
        if epsilon == 0
        else f"the smoothed targets (smoothing {epsilon:g}) exactly",
    )
    base, interval = uniform, None
    if known.shares is not None:
        losses = constant_losses_nats(known.shares, smoothing=epsilon, classes=classes)
        base = _of_frequencies(float((known.shares * losses).sum()))
        if known.n is not None:
            interval = mean_interval(
                losses, weights=known.n * known.shares, floor=floor.value, parameters=len(losses)
            )
    return Scale(
        loss="cross-entropy",
        unit="nats",
        baseline=base,
        floor=floor,
        references=(uniform, floor) if base is uniform else (uniform, base, floor),
        notes=_notes(known, interval, base.value),
        baseline_interval=interval,
        targets=known.n,
    )


def smoothed_floor_nats(smoothing: float, classes: int) -> float:
    """Return the least cross-entropy with label smoothing: the entropy of a smoothed target.

    Args:
        smoothing: in [0, 1].
        classes: K, 2 or more.

    Example:
        >>> smoothed_floor_nats(0.0, 10), round(smoothed_floor_nats(0.1, 10), 4)
        (0.0, 0.5003)
    """
    wrong = smoothing / classes
    right = 1 - smoothing + wrong
    spread = 0.0 if wrong == 0 else -(classes - 1) * wrong * math.log(wrong)
    return -right * math.log(right) + spread


def constant_losses_nats(
    shares: NDArray[np.float64], *, smoothing: float, classes: int
) -> NDArray[np.float64]:
    """Return the loss of the best constant prediction on a target of each class that occurs.

    Args:
        shares: frequencies of the classes that occur, positive, summing to 1.
        smoothing: e in [0, 1).
        classes: K, those that don't occur among them.

    Example:
        >>> constant_losses_nats(np.array([0.5, 0.5]), smoothing=0.0, classes=3) == math.log(2)
        array([ True,  True])
    """
    logs: NDArray[np.float64] = np.log((1 - smoothing) * shares + smoothing / classes)
    if smoothing == 0:
        return -logs
    unseen = (classes - len(shares)) * math.log(smoothing / classes)
    return -(1 - smoothing) * logs - smoothing / classes * (float(logs.sum()) + unseen)


def cross_entropy_remarks(placement: Placement, scale: Scale) -> tuple[str, ...]:
    """Return to how many equally likely classes a value amounts.

    Example:
        >>> from steelyard.weigh.call import weigh
        >>> weigh(0.9, loss="cross-entropy", classes=10).remarks
        ('It is as uncertain as a fair choice among 2.46 classes.',)
    """
    found = remark_on_sum(placement, scale)
    perplexity = placement.conversions["perplexity"]
    if found or not 1 <= perplexity < math.inf:
        return found
    return (f"It is as uncertain as a fair choice among {number(perplexity)} classes.",)


def _of_frequencies(nats: float) -> ReferencePoint:
    return ReferencePoint(
        name="class frequencies",
        value=nats,
        meaning="always predicting how often each class occurs",
        quantity="the entropy of the class frequencies",
        predictor="always predicting the class frequencies",
    )


def _notes(known: Categories, interval: tuple[float, float] | None, baseline: float) -> tuple[str, ...]:
    notes = []
    if known.shares is None:
        notes.append(
            "The frequencies aren't known; where classes are uneven, predicting them beats the uniform guess."
        )
    if known.shares is not None and known.n is not None and interval is not None:
        notes.append(sampling_note(known.n, interval))
        flattery = (len(known.shares) - 1) / (2 * known.n)
        if flattery > 0.01 * baseline:
            notes.append(
                f"Frequencies fitted to so few targets flatter the baseline by about {number(flattery, digits=2)} nats (Miller 1955)."
            )
    return tuple(notes)


LOSS = Loss(
    name="cross-entropy",
    accepts=frozenset({"base_rate", "classes", "frequencies", "targets", "n", "smoothing"}),
    scale=cross_entropy_scale,
    remarks=cross_entropy_remarks,
)
