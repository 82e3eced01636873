"""Units that hardly ever answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.errors import InputError
from steelyard.watch.probes.latents import Array, latents_of

TAU = 0.025
"""Share of the layer's mean activity at or below which a unit is dormant; Sokar et al. (2023) use it for their large agents."""


def dormant_fraction(latents: Any, *, mask: Any = None, tau: float = TAU) -> float:
    """Return the share of units whose mean `|activation|` is at most `tau` times the layer's (Sokar et al. 2023, definition 3.1).

    Args:
        latents: activations, best after the nonlinearity, shape (samples, width) or (batch, n, width).
        mask: True where there is a word, shape (samples,) or (batch, n).
        tau: from 0 (units that are exactly 0) to below 1.

    Returns:
        A share, 0 to 1; 1 when the whole layer is 0.

    Raises:
        InputError: `tau` outside [0, 1), another shape, fewer than two vectors, or a number that isn't finite.

    Example:
        >>> dormant_fraction(np.array([[1.0, 0.0, 3.0, 0.01], [2.0, 0.0, 1.0, 0.01]]))
        0.5

    When it is wrong: a unit may sleep on these samples and answer on others. Units of a residual stream or after a LayerNorm have no
    nonlinearity that could die; there it only says that scales differ.

    References:
        Sokar, Agarwal, Castro and Evci (2023), The dormant neuron phenomenon in deep reinforcement learning, ICML.
    """
    if not 0 <= tau < 1:
        raise InputError(f"`tau` must lie in [0, 1), but got {tau}; {TAU} is usual")
    return dormant_of(latents_of(latents, mask=mask).rows, tau=tau)


def dormant_of(rows: Array, *, tau: float = TAU) -> float:
    """Return the share of dormant columns of rows."""
    activity = np.abs(rows).mean(axis=0)
    return float((activity <= tau * activity.mean()).mean())
