"""Scales: what a loss or score means, between a trivial predictor and the best attainable.

The package itself can be called, as the verb: `steelyard.weigh(0.5, loss="bce", base_rate=0.05)`; see `call.weigh`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard.weigh.call import Weighing


class _Verb(ModuleType):
    """A module that can be called."""

    def __call__(self, value: float | None = None, **options: Any) -> Weighing:
        """Weigh a number; see `call.weigh`."""
        from steelyard.weigh.call import weigh  # noqa: PLC0415 - loads numpy when first used

        return weigh(value, **options)


sys.modules[__name__].__class__ = _Verb
