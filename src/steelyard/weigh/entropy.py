"""Entropy of a yes-or-no target, in nats, and the base rate that has a given entropy (Shannon 1948, section 6)."""

from __future__ import annotations

import math


def binary_entropy_nats(rate: float) -> float:
    """Return -p ln p - (1 - p) ln(1 - p), exact for tiny p too.

    Args:
        rate: p in [0, 1].

    Example:
        >>> round(binary_entropy_nats(0.05), 4), binary_entropy_nats(1.0)
        (0.1985, 0.0)
    """
    if rate <= 0 or rate >= 1:
        return 0.0
    return -rate * math.log(rate) - (1 - rate) * math.log1p(-rate)


def trivial_base_rate(nats: float) -> float:
    """Return the base rate of at most a half whose entropy is given, by bisection.

    Args:
        nats: an entropy in [0, ln 2].

    Example:
        >>> round(trivial_base_rate(0.5004), 4)
        0.2
    """
    low, high = 0.0, 0.5
    for _ in range(1100):  # enough for the smallest float; ends earlier
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        low, high = (middle, high) if binary_entropy_nats(middle) < nats else (low, middle)
    return high
