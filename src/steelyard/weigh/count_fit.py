"""The best constant negative binomial for some counts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special


def negative_binomial_nats(y: NDArray[np.float64], *, mean: float, size: float) -> NDArray[np.float64]:
    """Return -ln P(y) of the negative binomial with variance mean + mean^2 / size, for each count.

    It is NB2 (Cameron and Trivedi 2013, section 3.3); an infinite size is the Poisson.

    Args:
        y: counts.
        mean: positive.
        size: positive, may be infinite.

    Example:
        >>> negative_binomial_nats(np.array([0.0]), mean=1.0, size=1.0) == math.log(2)
        array([ True])
    """
    if math.isinf(size):
        poisson: NDArray[np.float64] = mean - special.xlogy(y, mean) + special.gammaln(y + 1)
        return poisson
    found: NDArray[np.float64] = (
        special.betaln(y + 1, size)
        + np.log(y + size)  # with the line above, -ln C(y + size - 1, y)
        + size * math.log1p(mean / size)
        - y * (math.log(mean) - math.log(mean + size))
    )
    return found


def fit_negative_binomial(y: NDArray[np.float64]) -> tuple[float, float]:
    """Return mean and size of the negative binomial of greatest likelihood.

    The mean is the sample mean. The size is finite, and then unique, just where the variance (divisor n) exceeds the
    mean (Levin and Reeds 1977); otherwise it is infinite, a Poisson.

    Args:
        y: counts, not all 0.

    Example:
        >>> mean, size = fit_negative_binomial(np.array([0.0, 0.0, 0.0, 4.0]))
        >>> mean, round(size, 3)
        (1.0, 0.158)
        >>> fit_negative_binomial(np.array([1.0, 2.0, 1.0]))[1]
        inf
    """
    mean = float(y.mean())
    if float(y.var()) <= mean:
        return mean, math.inf
    values, counts = np.unique(y, return_counts=True)

    def total(log_size: float) -> float:
        return float((counts * negative_binomial_nats(values, mean=mean, size=math.exp(log_size))).sum())

    # moments give the order of magnitude; the likelihood has one peak, so a wide bracket around them holds it
    start = math.log(mean**2 / (float(y.var()) - mean))
    found = optimize.minimize_scalar(
        total, bounds=(start - 12, start + 12), method="bounded", options={"xatol": 1e-9}
    )
    return mean, math.exp(float(found.x))
