"""Steelyard weighs trained models: what a loss means, whether a model learns, whether a choice matters.

    >>> import steelyard
    >>> print(steelyard.weigh(0.5, loss="bce", base_rate=0.05).placement.skill < 0)
    True

The names below are loaded when first used; importing steelyard loads neither torch nor scipy nor polars.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from steelyard.errors import SteelyardError as SteelyardError
    from steelyard.stats.verdict import Verdict as Verdict
    from steelyard.study.factor import Factor as Factor
    from steelyard.study.result import StudyResult as StudyResult
    from steelyard.study.run import Run as Run
    from steelyard.study.store import open_store as open_store
    from steelyard.study.study import Study as Study
    from steelyard.watch.call import watch as watch
    from steelyard.watch.expected import ExpectedInputs as ExpectedInputs
    from steelyard.watch.finding import Finding as Finding
    from steelyard.weigh.call import weigh as weigh
    from steelyard.weigh.scale import Scale as Scale

_HOMES = {
    "ExpectedInputs": "steelyard.watch.expected",
    "Factor": "steelyard.study.factor",
    "Finding": "steelyard.watch.finding",
    "Run": "steelyard.study.run",
    "Scale": "steelyard.weigh.scale",
    "SteelyardError": "steelyard.errors",
    "Study": "steelyard.study.study",
    "StudyResult": "steelyard.study.result",
    "Verdict": "steelyard.stats.verdict",
    "open_store": "steelyard.study.store",
}

__all__ = [
    "ExpectedInputs",
    "Factor",
    "Finding",
    "Run",
    "Scale",
    "SteelyardError",
    "Study",
    "StudyResult",
    "Verdict",
    "__version__",
    "open_store",
    "watch",
    "weigh",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    if name in {"watch", "weigh"}:
        return import_module(f"steelyard.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'steelyard' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
