"""Croston's method and the Syntetos-Boylan correction: an event's chance is one over the smoothed interval between events."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.rare_events.baselines.intermittent import IntermittentDemand
from steelyard.rare_events.baselines.smoothing import levels


class Croston(IntermittentDemand):
    """Forecast by smoothed intervals and strengths, both renewed at events only (Croston 1972).

    When it is wrong: the rate is biased upwards, since the mean of 1 / interval isn't 1 / mean interval (Syntetos and Boylan
    2001), and a series that stopped having events keeps its last rate for ever.

    Example:
        >>> model = Croston(occurrence_gain=0.1, strength_gain=0.1).fit([0, 3, 0, 3, 0, 3, 0, 3])
        >>> tomorrow = model.predict([0, 3, 0, 3, 0, 3, 0, 3])
        >>> round(float(tomorrow.p_event[0]), 2), round(float(tomorrow.strength[0]), 2)
        (0.5, 3.0)
    """

    def rates(self, y: NDArray[np.int64], *, gain: float, initial: float) -> NDArray[np.float64]:
        """Return one over the smoothed interval at each origin."""
        events = np.flatnonzero(y > 0)
        intervals = np.diff(events, prepend=-1).astype(np.float64)
        known = np.concatenate([[0], np.cumsum(y > 0)])
        return np.asarray(1 / levels(intervals, gain=gain, initial=1 / initial)[known], dtype=np.float64)


class CrostonSBA(Croston):
    """Forecast as `Croston`, the rate times 1 - gain / 2 (Syntetos and Boylan 2005, eq. 5), which takes out most of its bias.

    Example:
        >>> model = CrostonSBA(occurrence_gain=0.1, strength_gain=0.1).fit([0, 3, 0, 3, 0, 3, 0, 3])
        >>> round(float(model.predict([0, 3, 0, 3, 0, 3, 0, 3]).p_event[0]), 3)
        0.475
    """

    def rates(self, y: NDArray[np.int64], *, gain: float, initial: float) -> NDArray[np.float64]:
        """Return the corrected rate at each origin."""
        return (1 - gain / 2) * super().rates(y, gain=gain, initial=initial)
