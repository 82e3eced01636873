"""Latent Dirichlet allocation by collapsed Gibbs sampling: exact, fast, and clear about its two priors."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard.topics.alignment import Alignment, align
    from steelyard.topics.chain import Chain
    from steelyard.topics.coherence import Coherence
    from steelyard.topics.completion import Completion
    from steelyard.topics.convergence import Convergence
    from steelyard.topics.estimator import LatentDirichletAllocation
    from steelyard.topics.explain import Explanation
    from steelyard.topics.foldin import Folded, fold_in

_HOMES = {
    "Alignment": "alignment",
    "Chain": "chain",
    "Coherence": "coherence",
    "Completion": "completion",
    "Convergence": "convergence",
    "Explanation": "explain",
    "Folded": "foldin",
    "LatentDirichletAllocation": "estimator",
    "align": "alignment",
    "fold_in": "foldin",
}

__all__ = [
    "Alignment",
    "Chain",
    "Coherence",
    "Completion",
    "Convergence",
    "Explanation",
    "Folded",
    "LatentDirichletAllocation",
    "align",
    "fold_in",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that the catalogue of questions loads no compiler."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
