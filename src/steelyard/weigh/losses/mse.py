"""Mean squared error: mean (y - q)^2, in squared units of the target.

Trivial predictors: the best constant is the mean, and its loss is the variance of the targets (divisor n; the
baseline), so that skill is R^2 (the coefficient of determination; Kvalseth 1985, eq. 1). Predicting 0 every time gets
the mean square. For targets ordered in time, repeating the previous one (persistence; Murphy 1992).

Floor: 0.

Sampling: interval of the mean of the squared deviations; none for ordered targets, which depend on each other.

When it is wrong: heavy tails, where a few targets make the variance; noise in the targets, whose variance is the
attainable floor; a loss on standardised targets, whose variance is then 1 (give the standardised targets).
"""

from __future__ import annotations

import numpy as np

from steelyard.weigh.evidence import Evidence
from steelyard.weigh.losses._base import Loss
from steelyard.weigh.losses._residual import Residual, residual_scale
from steelyard.weigh.scale import Scale

SQUARED = Residual(
    loss="mse",
    unit="squared units",
    cost=np.square,
    constant=lambda y: float(y.mean()),
    called="mean",
    quantity="the variance of the targets",
)


def mse_scale(evidence: Evidence) -> Scale:
    """Return the scale of the mean squared error for targets.

    Raises:
        InputError: see `residual_scale`.

    Example:
        >>> print(mse_scale(Evidence(targets=[0.0, 0.0, 3.0, 1.0], ordered=True)))
        mse in squared units (lower is better): persistence 4.33, all zero 2.50, mean 1.50, floor 0
    """
    return residual_scale(evidence, SQUARED)


LOSS = Loss(name="mse", accepts=frozenset({"targets", "ordered"}), scale=mse_scale)
