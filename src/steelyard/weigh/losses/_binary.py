"""The base rate of a yes-or-no target, from what was given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.weigh.evidence import Evidence, require_one
from steelyard.weigh.sampling import base_rate_interval, mean_interval, through
from steelyard.weigh.targets import numbers, varied, within


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRate:
    """How often a target is 1.

    Args:
        rate: that share, strictly between 0 and 1.
        n: how many targets it comes from; None if unknown.
        soft: the targets, where they are probabilities rather than labels; else None.
    """

    rate: float
    n: int | None
    soft: NDArray[np.float64] | None

    def interval(
        self,
        baseline: Callable[[float], float],
        soft_losses: Callable[[NDArray[np.float64]], NDArray[np.float64]],
        *,
        floor: float = 0.0,
    ) -> tuple[float, float] | None:
        """Return the interval of a baseline, None where the number of targets isn't known.

        Args:
            baseline: the baseline of a base rate; rises up to a half and falls from there.
            soft_losses: the loss of the base rate on each soft target.
            floor: the interval of soft targets doesn't reach below it.
        """
        if self.soft is not None:
            return mean_interval(soft_losses(self.soft), floor=floor)
        return None if self.n is None else through(baseline, base_rate_interval(self.rate, self.n))


def read_base_rate(evidence: Evidence, *, loss: str) -> BaseRate:
    """Return the base rate that was given, or that of the targets.

    Raises:
        InputError: neither or both given; a base rate outside (0, 1); targets outside [0, 1] or all the same.

    Example:
        >>> read_base_rate(Evidence(targets=[0, 0, 0, 1]), loss="bce")
        BaseRate(rate=0.25, n=4, soft=None)
    """
    if require_one(evidence, "base_rate", "targets", loss=loss) == "base_rate":
        rate = evidence.base_rate
        assert rate is not None
        if not 0 < rate < 1:
            percent = (
                f"; write {rate}% as {rate / 100:g}"
                if 1 < rate < 100
                else "; a certain target needs no predictor"
            )
            raise InputError(f"`base_rate` must lie strictly between 0 and 1, but got {rate}{percent}")
        return BaseRate(rate=float(rate), n=evidence.n, soft=None)
    values = varied(within(numbers(evidence.targets), 0, 1, "labels 0 and 1 or probabilities in [0, 1]"))
    soft = values if ((values != 0) & (values != 1)).any() else None
    return BaseRate(rate=float(values.mean()), n=len(values), soft=soft)
