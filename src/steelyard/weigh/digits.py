"""Numbers as a sentence shows them: significant digits, percentages, and enough digits to tell two numbers apart."""

from __future__ import annotations

import math


def number(value: float, *, digits: int = 3) -> str:
    """Return a number with some significant digits, trailing zeros kept, and without an exponent at usual sizes.

    Args:
        value: any float but nan.
        digits: significant digits, 1 or more; whole parts are never cut.

    Example:
        >>> number(0.5), number(0.19852), number(1234.5), number(0.0), number(2e-7), number(-math.inf)
        ('0.500', '0.199', '1,234', '0', '2.00e-07', '-infinity')
    """
    if math.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e15:
        return f"{value:.{digits - 1}e}"
    return f"{value:,.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}"


def digits_apart(*values: float) -> int:
    """Return the fewest significant digits (3 to 10) at which numbers that differ are shown differently.

    Args:
        values: numbers shown in one sentence; differences of a part in 10^9 count as rounding.

    Example:
        >>> digits_apart(0.5, 0.2), digits_apart(0.199, 0.19852), digits_apart(1.0, 1.0 + 1e-12)
        (3, 4, 3)
    """
    distinct: list[float] = []
    for value in values:
        if not any(math.isclose(value, other, rel_tol=1e-9) for other in distinct):
            distinct.append(value)
    for digits in range(3, 10):
        if len({number(value, digits=digits) for value in distinct}) == len(distinct):
            return digits
    return 10


def share(value: float) -> str:
    """Return a share of 1 in percent, exact enough to tell it from 0% and from 100%.

    Args:
        value: a probability or frequency in [0, 1].

    Example:
        >>> share(0.05), share(1 / 3), share(0.9999), share(1e-6), share(0.0)
        ('5%', '33.3%', '99.99%', '1 in 1,000,000', '0%')
    """
    rarer = min(value, 1 - value)
    if 0 < value < 1e-4:
        return f"1 in {1 / value:,.0f}"
    decimals = 0 if rarer <= 0 else max(0, 2 - math.floor(math.log10(100 * rarer)))
    text = f"{100 * value:.{decimals}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def way(skill: float) -> str:
    """Return a skill in percent.

    Example:
        >>> way(0.2436), way(0.0123), way(-1.5)
        ('24%', '1.2%', '-150%')
    """
    return f"{100 * skill:.1f}%" if abs(skill) < 0.0995 else f"{100 * skill:,.0f}%"
