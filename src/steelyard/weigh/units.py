"""Nats, bits and perplexity: which scales have them, and how one becomes another.

A mean negative log-likelihood with the natural logarithm is in nats; divided by ln 2 it is in bits (Shannon 1948), and
its exponential is the perplexity (Jelinek et al. 1977): the number of equally likely outcomes that would be as hard to
guess. A loss that leaves out a part of the likelihood (a Poisson loss without ln y!) is not a code length and has
neither.
"""

from __future__ import annotations

import math
from typing import Literal

from steelyard.errors import InputError

LogUnit = Literal["nats", "bits", "perplexity"]
"""Units that the value of a log-likelihood loss may be given in."""


def conversions(value: float, unit: str) -> dict[str, float]:
    """Return a number of nats in the other units, and nothing for other units.

    Args:
        value: the number.
        unit: its unit; `nats` or `nats per ...` (a day, a token) has conversions.

    Example:
        >>> conversions(math.log(8), "nats")
        {'bits': 3.0, 'perplexity': 8.0}
        >>> list(conversions(0.4, "nats per day"))
        ['bits per day', 'perplexity']
        >>> conversions(0.4, "squared units")
        {}
    """
    if not has_bits(unit):
        return {}
    return {unit.replace("nats", "bits", 1): value / math.log(2), "perplexity": _exp(value)}


def has_bits(unit: str) -> bool:
    """Say whether a scale's unit is a number of nats that bits and perplexity make sense of.

    Example:
        >>> has_bits("nats"), has_bits("nats per token"), has_bits("nats without ln y!")
        (True, True, False)
    """
    return unit == "nats" or unit.startswith("nats per ")


def to_scale_unit(value: float, *, given: str, unit: str) -> float:
    """Return a number given in nats, bits or perplexity in a scale's unit.

    Args:
        value: the number.
        given: its unit: the scale's own, or `nats`, `bits` or `perplexity` for a scale in nats.
        unit: the scale's unit.

    Raises:
        InputError: a unit that the scale doesn't have, or a perplexity that isn't positive.

    Example:
        >>> to_scale_unit(3.0, given="bits", unit="nats") == math.log(8)
        True
    """
    if given == unit:
        return value
    if not has_bits(unit) or given not in {"nats", "bits", "perplexity", unit.replace("nats", "bits", 1)}:
        known = (
            f"`nats`, `bits` or `perplexity` (the scale is in {unit})"
            if has_bits(unit)
            else f"{unit or 'left out'!r}"
        )
        raise InputError(f"`unit` must be {known}, but got {given!r}")
    if given == "perplexity":
        if value <= 0:
            raise InputError(
                f"a perplexity must be positive (1 is the best), but got {value}; give nats or bits"
            )
        return math.log(value)
    return value if given == "nats" else value * math.log(2)


def _exp(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf
