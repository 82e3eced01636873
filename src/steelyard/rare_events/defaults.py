"""What the data choose where nobody did: how much is read before a forecast, how long a segment is, whether there are seasons."""

from __future__ import annotations

from collections.abc import Sequence

from steelyard.data.series import CountSeries
from steelyard.rare_events.features import Season

_WINDOW, _SPAN = 54, 64
_SHARE = 3
_LEAST_YEARS = 5


def default_window(longest: int) -> int:
    """Return how many steps are read before the first one that is forecast: two solar rotations, or a third of the longest series.

    Example:
        >>> default_window(20_000), default_window(39)
        (54, 13)
    """
    return min(_WINDOW, max(1, longest // _SHARE))


def default_span(longest: int) -> int:
    """Return how many origins stand in a segment: 64, or a third of the longest series, of which most is forecast, not warmed up on.

    Example:
        >>> default_span(20_000), default_span(39)
        (64, 13)
    """
    return min(_SPAN, max(1, longest // _SHARE))


def default_seasons(series: Sequence[CountSeries]) -> tuple[Season, ...]:
    """Return the year where the longest series has seen five, too few of which can't be told from chance; else nothing.

    Example:
        >>> from steelyard.rare_events import simulate
        >>> default_seasons([simulate(steps=600, seed=0).series]), default_seasons([simulate(steps=4000, seed=0).series])
        ((), ('year',))
    """
    longest = max(series, key=len)
    years = 0.0 if longest.steps_per_year is None else len(longest) / longest.steps_per_year
    return ("year",) if years >= _LEAST_YEARS else ()
