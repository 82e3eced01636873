"""Tokens as people read them: what can't be seen gets a sign, what could disturb the text around it is spelt."""

from __future__ import annotations

import math

from steelyard.report.digits import percent

LEVEL_PROBABILITIES = (0.9, 0.5, 0.2, 0.1, 0.03, 0.01, 0.001)
"""A token's colour is the number of these that its probability lies below: 0 is no colour, 7 the strongest."""

_SIGNS = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍"}
_SPECIAL = {"<unk>": "(unknown)", "<doc>": "(end)"}


def visible(token: str) -> str:
    r"""Return a token with its white space made visible, so that two that differ look different.

    >>> visible(" the"), visible("\n"), visible("<unk>"), visible("a\u202e")
    ('␣the', '⏎', '(unknown)', 'a\\u202e')
    """
    if token in _SPECIAL:
        return _SPECIAL[token]
    return "".join(_SIGNS.get(each) or (each if each.isprintable() else _spelt(each)) for each in token)


def clean(text: str) -> str:
    r"""Return a name or a line with what isn't printable spelt, white space as it is.

    >>> clean("a b\u202e")
    'a b\\u202e'
    """
    return "".join(each if each.isprintable() or each in " \n\t" else visible(each) for each in text)


def level(nats: float) -> int:
    """Return the colour of a token that cost so many nats.

    >>> level(0.0), level(0.7), level(20.0)
    (0, 2, 7)
    """
    return sum(math.exp(-nats) < edge for edge in LEVEL_PROBABILITIES)


def chance(probability: float) -> str:
    """Show a probability in percent, with digits where it is small.

    >>> chance(0.2345), chance(0.00321), chance(1e-7), chance(0.9996)
    ('23%', '0.32%', '0.00001%', 'over 99.9%')
    """
    if probability >= 0.9995:
        return "over 99.9%"
    if probability >= 0.9:
        return f"{100 * probability:.1f}%"
    if probability >= 0.0095:
        return percent(probability)
    if probability < 5e-11:
        return "0%" if probability == 0 else "under 0.00000001%"
    digits = 1 - math.floor(math.log10(100 * probability))
    return f"{100 * probability:.{digits}f}".rstrip("0").rstrip(".") + "%"


def _spelt(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
