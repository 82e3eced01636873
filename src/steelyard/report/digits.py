"""Numbers as people read them: as many digits as the evidence supports, with their unit."""

from __future__ import annotations

import math

UNKNOWN = "n/a"
"""Shown where there is no number."""


def number(value: float | None, *, digits: int = 4, zeros: bool = False) -> str:
    """Show a number to some significant digits.

    Args:
        value: what to show; None and nan give `n/a`.
        digits: significant digits, 1 or more.
        zeros: keep zeros at the end, for numbers that are compared with others.

    >>> number(0.19852), number(1234567.0), number(float("nan")), number(float("-inf"))
    ('0.1985', '1,234,567', 'n/a', '-infinity')
    >>> number(0.396), number(0.396, zeros=True)
    ('0.396', '0.3960')
    """
    if value is None or math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    size = abs(value)
    if size >= 10 ** max(digits, 1) and size < 1e9:
        return f"{value:,.0f}"
    if size and (size < 1e-4 or size >= 1e9):
        return f"{value:.{digits - 1}e}"
    return f"{value:#.{digits}g}".rstrip(".") if zeros else f"{value:.{digits}g}"


def decimals_for(*values: float) -> int:
    """Return how many decimals show a spread to two significant digits.

    Args:
        values: numbers shown side by side (an interval's ends, say); their spread decides.

    >>> decimals_for(-0.0162, -0.0084), decimals_for(10.0, 250.0), decimals_for(1.0)
    (4, 0, 3)
    """
    finite = [value for value in values if math.isfinite(value)]
    spread = max(finite) - min(finite) if finite else 0.0
    if not math.isfinite(spread) or spread <= 0:
        spread = 0.05 * max((abs(value) for value in finite), default=0.0)
    if spread <= 0 or not math.isfinite(spread):
        return 3
    return min(max(1 - math.floor(math.log10(spread)), 0), 12)


def signed(value: float, *, decimals: int) -> str:
    """Show a difference with its sign.

    >>> signed(0.01234, decimals=3), signed(float("nan"), decimals=3), signed(float("inf"), decimals=3)
    ('+0.012', 'n/a', '+infinity')
    """
    if math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return "+infinity" if value > 0 else "-infinity"
    if abs(value) >= 1e9:
        return f"{value:+.3e}"
    return f"{value:+,.{decimals}f}"


def interval(ends: tuple[float, float], *, decimals: int) -> str:
    """Show an interval of differences.

    >>> interval((-0.0162, -0.0084), decimals=4)
    '[-0.0162, -0.0084]'
    """
    low, high = ends
    if math.isnan(low) or math.isnan(high):
        return UNKNOWN
    return f"[{signed(low, decimals=decimals)}, {signed(high, decimals=decimals)}]"


def with_unit(text: str, unit: str) -> str:
    """Append a unit to a shown number, if there is a number and a unit.

    >>> with_unit("0.012", "nats"), with_unit("0.012", ""), with_unit("n/a", "nats")
    ('0.012 nats', '0.012', 'n/a')
    """
    return f"{text} {unit}" if unit and text != UNKNOWN else text


def percent(share: float | None) -> str:
    """Show a share (0 to 1) in percent.

    >>> percent(0.1234), percent(-1.5), percent(None)
    ('12%', '-150%', 'n/a')
    """
    if share is None or not math.isfinite(share):
        return UNKNOWN
    text = f"{100 * share:.1f}" if 0 < abs(share) < 0.0995 else f"{100 * share:,.0f}"
    return f"{text}%"


def duration(seconds: float) -> str:
    """Show a wall time in the units that people use for it.

    >>> duration(0.034), duration(7.25), duration(192.0), duration(7400.0)
    ('34 ms', '7.2 s', '3 min 12 s', '2 h 3 min')
    """
    if not math.isfinite(seconds):
        return UNKNOWN
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def plural(count: int, noun: str) -> str:
    """Show a count with its noun.

    >>> plural(1, "pair"), plural(8, "pair")
    ('1 pair', '8 pairs')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
