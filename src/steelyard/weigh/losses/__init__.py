"""The losses that can be weighed, one file each; this is the one place where they are registered.

Looking at the names loads nothing; finding a loss imports its file.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

from steelyard.errors import InputError
from steelyard.weigh.losses._base import Loss

LOSSES = {
    "bce": "steelyard.weigh.losses.bce",
    "cross-entropy": "steelyard.weigh.losses.cross_entropy",
    "brier": "steelyard.weigh.losses.brier",
    "mse": "steelyard.weigh.losses.mse",
    "rmse": "steelyard.weigh.losses.rmse",
    "mae": "steelyard.weigh.losses.mae",
    "poisson": "steelyard.weigh.losses.poisson",
    "count": "steelyard.weigh.losses.count",
}
"""Name of each loss -> the module whose `LOSS` it is."""


def find_loss(name: str) -> Loss:
    """Return the loss of a name; case, spaces and underscores don't matter.

    Raises:
        InputError: no loss of that name; the message lists them.

    Example:
        >>> find_loss("Cross_Entropy").name
        'cross-entropy'
    """
    key = name.strip().lower().replace("_", "-").replace(" ", "-")
    if key not in LOSSES:
        close = get_close_matches(key, LOSSES, n=1)
        meant = f"; did you mean {close[0]!r}?" if close else "; take the one whose formula is yours"
        raise InputError(f"`loss` must be one of {', '.join(LOSSES)}, but got {name!r}{meant}")
    loss = import_module(LOSSES[key]).LOSS
    assert isinstance(loss, Loss)
    return loss
