"""The one check that every score makes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.rare_events.forecast import Forecast


def check_aligned(forecast: Forecast, y: NDArray[np.int64]) -> None:
    """Check that there is one count for each forecast step.

    Raises:
        ValueError: there isn't.
    """
    if np.shape(y) != (len(forecast),):
        raise ValueError(
            f"`y` must hold one count for each of the {len(forecast)} forecast steps, but got shape {np.shape(y)}"
        )
