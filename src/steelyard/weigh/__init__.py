"""Scales: what a loss or score means, between a trivial predictor and the best attainable.

The module itself can be called: `steelyard.weigh(...)` is `steelyard.weigh.call.weigh(...)`, and `steelyard.weigh.scale`
remains a module. Importing it loads no numpy.
"""

from __future__ import annotations

import sys
from types import ModuleType

from steelyard.weigh.call import Weighing, weigh
from steelyard.weigh.scale import Placement, ReferencePoint, Scale

__all__ = ["Placement", "ReferencePoint", "Scale", "Weighing", "weigh"]


class _CallableModule(ModuleType):
    """A module whose call is its main function."""

    __call__ = staticmethod(weigh)


sys.modules[__name__].__class__ = _CallableModule
