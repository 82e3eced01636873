"""An anytime-valid t test: a mixture e-process whose interval holds at every sample size at once.

With the scale-invariant (right Haar) prior 1/sigma on the standard deviation and a normal mixture N(0, g) on the effect
mu/sigma, the ratio of the marginal likelihoods of n observations is, with t the statistic on n - 1 degrees of freedom,

    E_n = (1 + n g)^(-1/2) [(1 + t^2/(n-1)) / (1 + t^2 / ((n-1)(1 + n g)))]^(n/2)

(Gönen, Johnson, Lu and Westfall 2005 for two samples; one sample as in Rouder et al. 2009 with fixed g). When the mean is 0 it
is a non-negative martingale of the t statistics (Lai 1976; Wang and Ramdas, arXiv:2310.03722), so by Ville's inequality the
chance that E_n ever reaches 1/alpha is at most alpha. "Ever" covers every rule by which one may stop, also one that looks at
more than the t statistics. For equivalence the same two-sided bound is used, which is cautious: a one-sided mixture would be
narrower.

When it is wrong: differences that aren't normal, or that depend on each other. It pays for its freedom: at 20 pairs the
interval is 1.64 times as wide as that of a single planned look.
"""

from __future__ import annotations

import numpy as np

from steelyard.errors import InputError

_LARGEST_LOG = 700.0
EFFECT_VARIANCE = 1.0
"""g, the variance of the mixture over effects in units of the standard deviation of the differences."""


def e_value(t: float, *, pairs: int, effect_variance: float = EFFECT_VARIANCE) -> float:
    """Return the evidence against a mean of 0: at least 1/alpha means rejected at level alpha.

    Args:
        t: one-sample t statistic.
        pairs: sample size, at least 2.
        effect_variance: g > 0.

    Raises:
        InputError: fewer than 2 pairs.

    Example:
        >>> round(e_value(0.0, pairs=8), 3)
        0.333
        >>> round(e_value(5.0, pairs=8), 2)
        38.24
    """
    _check(pairs)
    spread = 1 + pairs * effect_variance
    square = float(t) * float(t) / (pairs - 1)
    log_ratio = np.log1p(square) - np.log1p(square / spread) if np.isfinite(square) else np.log(spread)
    log_e = -0.5 * np.log(spread) + pairs / 2 * log_ratio
    return float(np.exp(min(log_e, _LARGEST_LOG)))


def anytime_critical_t(pairs: int, *, alpha: float, effect_variance: float = EFFECT_VARIANCE) -> float:
    """Return the absolute t at which the e-value reaches 1/alpha; infinity when no t does at so few pairs.

    Args:
        pairs: sample size, at least 2.
        alpha: error level in (0, 1), over all sample sizes together.
        effect_variance: g > 0.

    Raises:
        InputError: fewer than 2 pairs.

    Example:
        >>> critical = anytime_critical_t(10, alpha=0.05)
        >>> round(critical, 2), round(e_value(critical, pairs=10), 6)
        (3.87, 20.0)
    """
    _check(pairs)
    spread = 1 + pairs * effect_variance
    log_ratio = 2 / pairs * (0.5 * np.log(spread) - np.log(alpha))
    if log_ratio >= np.log(spread):
        return float("inf")
    ratio = np.exp(log_ratio)
    return float(np.sqrt((pairs - 1) * (ratio - 1) / (1 - ratio / spread)))


def _check(pairs: int) -> None:
    if pairs < 2:
        raise InputError(f"`pairs` must be at least 2 to know a spread, but got {pairs}")
