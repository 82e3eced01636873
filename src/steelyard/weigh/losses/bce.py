"""Binary cross-entropy: -mean(y ln q + (1 - y) ln(1 - q)), in nats (Good 1952); the log loss of scikit-learn.

Trivial predictors: the best constant is the base rate p, and its loss is the entropy H(p) = -p ln p - (1 - p) ln(1 - p)
(the baseline; Shannon 1948). An untrained network says about 0.5 to everything and gets ln 2 = 0.693. Always saying 0
costs infinitely much as soon as one target is 1.

Floor: 0 for labels. For soft targets t the loss is H(t) + KL(t || q), so the floor is the mean entropy of the targets
(Cover and Thomas 2006, theorem 5.4.3).

Sampling: Wilson's interval of the base rate carried through H; for soft targets the interval of a mean.

When it is wrong: class weights or focal factors in the loss (its trivial value is another); a base rate of the
training set for a loss on a resampled test set; noisy labels, which put the attainable floor above 0.
"""

from __future__ import annotations

import math

import numpy as np

from steelyard.weigh.digits import number, share
from steelyard.weigh.entropy import binary_entropy_nats, trivial_base_rate
from steelyard.weigh.evidence import Evidence
from steelyard.weigh.losses._base import Loss, remark_on_sum
from steelyard.weigh.losses._binary import read_base_rate
from steelyard.weigh.sampling import sampling_note
from steelyard.weigh.scale import Placement, ReferencePoint, Scale


def bce_scale(evidence: Evidence) -> Scale:
    """Return the scale of binary cross-entropy for a base rate or targets.

    Raises:
        InputError: see `read_base_rate`.

    Example:
        >>> print(bce_scale(Evidence(base_rate=0.05)))
        bce in nats (lower is better): untrained 0.693, base rate 0.199, floor 0
    """
    known = read_base_rate(evidence, loss="bce")
    rate = known.rate
    noise = 0.0 if known.soft is None else float(np.mean([binary_entropy_nats(float(t)) for t in known.soft]))
    interval = known.interval(
        binary_entropy_nats, lambda t: -t * math.log(rate) - (1 - t) * math.log1p(-rate), floor=noise
    )
    base = ReferencePoint(
        name="base rate",
        value=binary_entropy_nats(rate),
        meaning=f"always predicting the base rate, {share(rate)}: knows nothing but how often",
        quantity=f"the entropy of a {share(rate)} base rate",
        predictor="always predicting the base rate",
    )
    untrained = ReferencePoint(
        name="untrained",
        value=math.log(2),
        meaning="predicting 50% every time, as an untrained network does",
        predictor="predicting 50% every time",
    )
    floor = ReferencePoint(
        name="floor",
        value=noise,
        meaning="certain and right every time"
        if known.soft is None
        else "predicting every soft target exactly",
    )
    notes = [
        "Certain and wrong costs infinitely much; torch caps it at 100 nats an example, Keras at 16.1.",
    ]
    if known.soft is not None:
        notes.append(
            f"The targets are soft: their own mean entropy, {number(noise)}, is the least that is possible."
        )
    if interval is not None and known.n is not None:
        notes.append(sampling_note(known.n, interval))
    return Scale(
        loss="bce",
        unit="nats",
        baseline=base,
        floor=floor,
        references=(untrained, base, floor),
        notes=tuple(notes),
        baseline_interval=interval,
        targets=known.n,
    )


def bce_remarks(placement: Placement, scale: Scale) -> tuple[str, ...]:
    """Return for which base rate a value would be trivial, or that predictions are confidently wrong.

    Example:
        >>> from steelyard.weigh.call import weigh
        >>> weigh(0.5004, loss="bce", base_rate=0.05).remarks
        ('0.500 nats is what always predicting the base rate gets when that is 20% (or 80%).',)
    """
    nats, found = placement.value, remark_on_sum(placement, scale)
    if 0 < nats < math.log(2):
        rate = float(f"{trivial_base_rate(nats):.3g}")
        return (
            f"{number(nats)} nats is what always predicting the base rate gets when that is {share(rate)} (or {share(1 - rate)}).",
            *found,
        )
    if math.log(2) * (1 + 1e-9) < nats < math.inf and not found:
        return (
            "No constant between the base rate and 50% does so badly: some predictions are confidently wrong, or it isn't a mean in nats.",
        )
    return found


LOSS = Loss(
    name="bce", accepts=frozenset({"base_rate", "targets", "n"}), scale=bce_scale, remarks=bce_remarks
)
