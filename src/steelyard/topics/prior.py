"""The two priors of latent Dirichlet allocation: what may be given, and as which numbers it is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError

Prior = float | Sequence[float] | NDArray[Any] | Literal["learn"]
LEAST = 1e-12
MOST = 1e12
"""Numbers between these can be used in single precision; 0 can be as well, exactly."""


def resolve(prior: Prior | None, *, size: int, name: str, start: float) -> NDArray[np.float64]:
    """Return a Dirichlet prior's parameters, shape (size,).

    0 is legal: it is an experiment, whose exact behaviour `docs/topics.md` describes.

    Args:
        prior: one number for all, one for each, or `learn`; None and `learn` take `start`.
        size: how many parameters there are.
        name: what to call it in an error.
        start: a number for all where none is given.

    Raises:
        InputError: numbers that are negative, not finite, or not 0 but outside 1e-12 to 1e12; another length.

    Example:
        >>> resolve(0.5, size=2, name="alpha", start=1.0).tolist()
        [0.5, 0.5]
        >>> resolve([0.5, -1], size=2, name="alpha", start=1.0)
        Traceback (most recent call last):
        steelyard.errors.InputError: `alpha` must be 0 or lie between 1e-12 and 1e+12, but got -1.0
    """
    if isinstance(prior, str) and prior != "learn":
        raise InputError(f"`{name}` must be a number, an array or 'learn', but got {prior!r}")
    try:
        given = np.asarray(start if prior is None or isinstance(prior, str) else prior, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"`{name}` must be a number, an array or 'learn', but got {prior!r}") from error
    if given.ndim > 1 or (given.ndim == 1 and len(given) != size):
        raise InputError(f"`{name}` must be one number or {size} of them, but got the shape {given.shape}")
    usable = (given == 0) | ((given >= LEAST) & (given <= MOST))
    if not np.all(usable):
        wrong = float(np.atleast_1d(given)[~np.atleast_1d(usable)][0])
        raise InputError(f"`{name}` must be 0 or lie between {LEAST:g} and {MOST:g}, but got {wrong}")
    return np.full(size, given, dtype=np.float64) if given.ndim == 0 else given.copy()
