"""Mean absolute error: mean |y - q|, in units of the target.

Trivial predictors: the best constant is the median, and its loss is the mean absolute deviation from it (the baseline;
Schwertman, Gilks and Cameron 1990). Predicting 0 every time gets the mean size of the targets; where more than half of
them are 0 the median is 0, and a model that predicts nothing is the best constant. For targets ordered in time,
repeating the previous one.

Floor: 0.

Sampling: interval of the mean of the absolute deviations; none for ordered targets, which depend on each other.

When it is wrong: zero-inflated targets, where no skill in this loss does not mean no skill in foreseeing events.
"""

from __future__ import annotations

import numpy as np

from steelyard.weigh.evidence import Evidence
from steelyard.weigh.losses._base import Loss
from steelyard.weigh.losses._residual import Residual, residual_scale
from steelyard.weigh.scale import Scale

ABSOLUTE = Residual(
    loss="mae",
    unit="units",
    cost=np.abs,
    constant=lambda y: float(np.median(y)),
    called="median",
    quantity="the mean absolute deviation of the targets from their median",
)


def mae_scale(evidence: Evidence) -> Scale:
    """Return the scale of the mean absolute error for targets.

    Raises:
        InputError: see `residual_scale`.

    Example:
        >>> scale = mae_scale(Evidence(targets=[0, 0, 0, 2]))
        >>> print(scale)
        mae in units (lower is better): median 0.500, floor 0
        >>> print(scale.notes[0])
        75% of the targets are 0, so 0 every time is the best constant: this loss rewards predicting nothing; weigh events by bce or
        brier, counts by count.
    """
    return residual_scale(evidence, ABSOLUTE)


LOSS = Loss(name="mae", accepts=frozenset({"targets", "ordered"}), scale=mae_scale)
