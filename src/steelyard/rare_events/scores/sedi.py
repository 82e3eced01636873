"""SEDI: a score of yes-or-no warnings that stays informative however rare the event is."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, nan

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Warnings:
    """What became of the warnings given where P(event) reached a threshold.

    Args:
        threshold: smallest probability that counts as a warning.
        hits: warnings with an event; a count, or a weight.
        misses: events without a warning.
        false_alarms: warnings without an event.
        quiet: steps with neither.
    """

    threshold: float
    hits: float
    misses: float
    false_alarms: float
    quiet: float

    @property
    def hit_rate(self) -> float:
        """Return the share of events that were warned of; nan without an event."""
        return _share(self.hits, self.misses)

    @property
    def false_alarm_rate(self) -> float:
        """Return the share of steps without an event that were warned of; nan without such a step."""
        return _share(self.false_alarms, self.quiet)

    @property
    def sedi(self) -> float:
        """Return the symmetric extremal dependence index of these warnings."""
        return sedi(self.hit_rate, self.false_alarm_rate)


def warnings_at(
    p_event: NDArray[np.float64],
    event: NDArray[np.bool_],
    *,
    threshold: float,
) -> Warnings:
    """Return what becomes of warning wherever P(event) is at least a threshold.

    Args:
        p_event: forecast probabilities, shape (steps,).
        event: what happened, shape (steps,).
        threshold: in (0, 1).

    Raises:
        ValueError: a threshold outside (0, 1), or lengths that differ.

    Example:
        >>> found = warnings_at(np.array([0.6, 0.6, 0.1, 0.1]), np.array([True, False, True, False]), threshold=0.3)
        >>> found.hit_rate, found.false_alarm_rate, found.sedi
        (0.5, 0.5, 0.0)
    """
    if not 0 < threshold < 1:
        raise ValueError(f"`threshold` must lie in (0, 1), but got {threshold}")
    if p_event.shape != event.shape:
        raise ValueError(
            f"`p_event` and `event` must be equally long, but got shapes {p_event.shape} and {event.shape}"
        )
    warned = p_event >= threshold
    return Warnings(
        threshold=threshold,
        hits=float(np.count_nonzero(warned & event)),
        misses=float(np.count_nonzero(~warned & event)),
        false_alarms=float(np.count_nonzero(warned & ~event)),
        quiet=float(np.count_nonzero(~warned & ~event)),
    )


def sedi(hit_rate: float, false_alarm_rate: float) -> float:
    """Return the symmetric extremal dependence index (Ferro and Stephenson 2011, eq. 6): 1 perfect, 0 as good as chance, -1 inverted.

    (ln F - ln H - ln(1 - F) + ln(1 - H)) / (ln F + ln H + ln(1 - F) + ln(1 - H)), H the hit rate, F the false alarm rate. Where one of
    them is 0 or 1 it is the limit: 1 for F = 0 or H = 1, -1 for H = 0 or F = 1. Where both are the same 0 or 1, warning never or
    always, there is no limit and it is nan.

    Args:
        hit_rate: 0 to 1; nan gives nan.
        false_alarm_rate: 0 to 1; nan gives nan.

    Raises:
        ValueError: a rate outside 0 to 1.

    Example:
        >>> round(sedi(0.8, 0.1), 4), sedi(0.5, 0.0), sedi(0.0, 0.0)
        (0.8451, 1.0, nan)

    When it is wrong: it judges one threshold, and not whether the probabilities can be believed. On few events the limits make it
    generous: a forecast with a single warning, a hit, gets 1. Look at the four counts too.
    """
    for name, rate in (("hit_rate", hit_rate), ("false_alarm_rate", false_alarm_rate)):
        if rate < 0 or rate > 1:
            raise ValueError(f"`{name}` must lie in 0 to 1, but got {rate}")
    h, f = hit_rate, false_alarm_rate
    if np.isnan(h) or np.isnan(f) or (h == f and h in (0, 1)):
        return nan
    if f == 0 or h == 1:
        return 1.0
    if h == 0 or f == 1:
        return -1.0
    gained = log(f) - log(h) - log(1 - f) + log(1 - h)
    return gained / (log(f) + log(h) + log(1 - f) + log(1 - h)) + 0.0  # no -0.0


def _share(part: float, rest: float) -> float:
    return part / (part + rest) if part + rest > 0 else nan
