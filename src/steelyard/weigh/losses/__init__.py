"""The losses that can be weighed, by name."""

from __future__ import annotations

import difflib
from importlib import import_module

from steelyard.errors import InputError
from steelyard.weigh.losses._base import Evidence, Loss

LOSSES = {
    "bce": ("binary", "BinaryCrossEntropy", ()),
    "brier": ("binary", "Brier", ()),
    "cross-entropy": ("categorical", "CrossEntropy", ()),
    "mse": ("error", "Error", ("mse",)),
    "rmse": ("error", "Error", ("rmse",)),
    "mae": ("error", "Error", ("mae",)),
    "poisson": ("count", "PoissonLoss", ()),
    "count": ("count", "CountLikelihood", ()),
}
"""Name -> module, class and its arguments; loaded when used."""

__all__ = ["LOSSES", "Evidence", "Loss", "find_loss"]


def find_loss(name: str) -> Loss:
    """Return a loss by its name.

    Raises:
        InputError: no loss of that name.
    """
    if name not in LOSSES:
        close = difflib.get_close_matches(name, LOSSES, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise InputError(
            f"the loss must be one of {', '.join(LOSSES)}, but got {name!r}; {hint}".rstrip("; ")
        )
    module, cls, arguments = LOSSES[name]
    loss: Loss = getattr(import_module(f"{__name__}.{module}"), cls)(*arguments)
    return loss
