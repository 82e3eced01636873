"""Brier score: the mean squared difference between probabilities and what happened (Brier 1950).

Two conventions. Yes-or-no targets: mean (q - y)^2, in [0, 1], as scikit-learn and forecasters use it. Several classes
(`classes` or `frequencies` given): the sum over all classes, in [0, 2], as Brier wrote it; for two classes it is twice
the first.

Trivial predictors: the best constant is the base rate, with p (1 - p) (the baseline; Murphy 1973's uncertainty), or
1 - sum f^2 for class frequencies. An untrained network gets 0.25, or 1 - 1/K.

Floor: 0. Ceiling: 1, or 2: certain and wrong every time.

Sampling: Wilson's interval of the base rate carried through p (1 - p); else the interval of a mean.

When it is wrong: rare events, where p (1 - p) is tiny and skill moves by hairs; look at the log score too. Soft
targets count as the probability to be hit, which isn't the score against the outcomes behind them.
"""

from __future__ import annotations

import numpy as np

from steelyard.weigh.digits import share
from steelyard.weigh.evidence import Evidence
from steelyard.weigh.losses._base import Loss
from steelyard.weigh.losses._binary import read_base_rate
from steelyard.weigh.losses._categories import read_categories
from steelyard.weigh.sampling import mean_interval, sampling_note
from steelyard.weigh.scale import ReferencePoint, Scale


def brier_scale(evidence: Evidence) -> Scale:
    """Return the scale of the Brier score: of one event, or the sum over classes where these are given.

    Raises:
        InputError: see `read_base_rate` and `read_categories`.

    Example:
        >>> print(brier_scale(Evidence(base_rate=0.05)))
        brier (lower is better): ceiling 1.00, untrained 0.250, base rate 0.0475, floor 0
        >>> print(brier_scale(Evidence(classes=4)))
        brier (lower is better): ceiling 2.00, uniform 0.750, floor 0
    """
    if evidence.given() & {"classes", "frequencies"}:
        return _of_classes(evidence)
    return _of_event(evidence)


def _of_event(evidence: Evidence) -> Scale:
    known = read_base_rate(evidence, loss="brier")
    rate = known.rate
    value = rate * (1 - rate) if known.soft is None else float(known.soft.var())
    base = ReferencePoint(
        name="base rate",
        value=value,
        meaning=f"always predicting the base rate, {share(rate)}",
        quantity=f"the Brier score of a {share(rate)} base rate",
        predictor="always predicting the base rate",
    )
    untrained = ReferencePoint(
        name="untrained",
        value=0.25 if known.soft is None else float(np.mean((known.soft - 0.5) ** 2)),
        meaning="predicting 50% every time, as an untrained network does",
        predictor="predicting 50% every time",
    )
    interval = known.interval(lambda p: p * (1 - p), lambda t: (t - rate) ** 2)
    sampled = () if interval is None or known.n is None else (sampling_note(known.n, interval),)
    return _scale(
        (untrained, base),
        ceiling=1.0,
        interval=interval,
        n=known.n,
        notes=(
            "Squared error of one event's probability; summed over both classes it would be twice as large.",
            *sampled,
        ),
    )


def _of_classes(evidence: Evidence) -> Scale:
    known = read_categories(evidence, loss="brier")
    uniform = ReferencePoint(
        name="uniform",
        value=1 - 1 / known.classes,
        meaning=f"the same probability for each of {known.classes:,} classes",
        quantity=f"the Brier score of {known.classes:,} equally likely classes",
        predictor="guessing uniformly",
    )
    notes = ["Squared errors are summed over all classes; some libraries take their mean."]
    if known.shares is None:
        return _scale((uniform,), ceiling=2.0, interval=None, n=None, notes=tuple(notes))
    squares = float((known.shares**2).sum())
    base = ReferencePoint(
        name="class frequencies",
        value=1 - squares,
        meaning="always predicting how often each class occurs",
        quantity="the Brier score of the class frequencies",
        predictor="always predicting the class frequencies",
    )
    interval = None
    if known.n is not None:
        interval = mean_interval(1 - 2 * known.shares + squares, weights=known.n * known.shares)
        notes.append(sampling_note(known.n, interval))
    return _scale((uniform, base), ceiling=2.0, interval=interval, n=known.n, notes=tuple(notes))


def _scale(
    points: tuple[ReferencePoint, ...],
    *,
    ceiling: float,
    interval: tuple[float, float] | None,
    n: int | None,
    notes: tuple[str, ...],
) -> Scale:
    floor = ReferencePoint(name="floor", value=0.0, meaning="certain and right every time")
    worst = ReferencePoint(
        name="ceiling",
        value=ceiling,
        meaning="certain and wrong every time",
        predictor="certain and wrong every time",
    )
    return Scale(
        loss="brier",
        unit="",
        baseline=points[-1],
        floor=floor,
        references=(worst, *points, floor),
        ceiling=worst,
        baseline_interval=interval,
        targets=n,
        notes=notes,
    )


LOSS = Loss(
    name="brier",
    accepts=frozenset({"base_rate", "classes", "frequencies", "targets", "n"}),
    scale=brier_scale,
)
