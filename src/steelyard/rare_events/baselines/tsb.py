"""Teunter, Syntetos and Babai: the chance of an event is smoothed at every step, so that a series can die out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.rare_events.baselines.intermittent import IntermittentDemand
from steelyard.rare_events.baselines.smoothing import levels


class TSB(IntermittentDemand):
    """Forecast by the smoothed frequency of events, renewed at every step, and the smoothed strength (Teunter et al. 2011).

    Example:
        >>> model = TSB(occurrence_gain=0.5, strength_gain=0.1).fit([0, 3, 0, 3, 0, 3, 0, 3])
        >>> bool(model.predict([0, 3, 0, 3, 0, 0, 0, 0]).p_event[0] < 0.05)
        True
    """

    def rates(self, y: NDArray[np.int64], *, gain: float, initial: float) -> NDArray[np.float64]:
        """Return the smoothed frequency at each origin."""
        return levels((y > 0).astype(np.float64), gain=gain, initial=initial)
