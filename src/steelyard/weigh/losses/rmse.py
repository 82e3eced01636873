"""Root mean squared error: sqrt(mean (y - q)^2), in units of the target.

Trivial predictors, floor and sampling are those of the mean squared error under the root: the baseline is the standard
deviation of the targets (divisor n). Skill is linear in the root, so it isn't R^2 but 1 - sqrt(1 - R^2).

When it is wrong: as the mean squared error; and an average of the RMSEs of batches, which isn't the RMSE of all.
"""

from __future__ import annotations

import math
from dataclasses import replace

from steelyard.weigh.evidence import Evidence
from steelyard.weigh.losses._base import Loss
from steelyard.weigh.losses._residual import residual_scale
from steelyard.weigh.losses.mse import SQUARED
from steelyard.weigh.scale import Placement, Scale

ROOT = replace(
    SQUARED, loss="rmse", unit="units", quantity="the standard deviation of the targets", outer=math.sqrt
)


def rmse_scale(evidence: Evidence) -> Scale:
    """Return the scale of the root mean squared error for targets.

    Raises:
        InputError: see `residual_scale`.

    Example:
        >>> print(rmse_scale(Evidence(targets=[0.0, 0.0, 4.0, 4.0])))
        rmse in units (lower is better): all zero 2.83, mean 2.00, floor 0
    """
    return residual_scale(evidence, ROOT)


def rmse_remarks(placement: Placement, scale: Scale) -> tuple[str, ...]:
    """Return the share of the variance that is explained, where it is positive.

    Example:
        >>> from steelyard.weigh.call import weigh
        >>> weigh(1.0, loss="rmse", targets=[0.0, 0.0, 4.0, 4.0] * 10).remarks
        ('Of the variance of the targets 75% is explained (R^2).',)
    """
    if not 0 <= placement.value < scale.baseline.value:
        return ()
    explained = 1 - (placement.value / scale.baseline.value) ** 2
    return (f"Of the variance of the targets {100 * explained:.0f}% is explained (R^2).",)


LOSS = Loss(name="rmse", accepts=frozenset({"targets", "ordered"}), scale=rmse_scale, remarks=rmse_remarks)
