"""Images: the statistics one normalises with, how to get a data set's own, and whether they matter."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard.imaging.moments import image_moments
    from steelyard.imaging.published import IMAGENET
    from steelyard.imaging.result import ImageMoments
    from steelyard.imaging.view import View

_HOMES = {
    "IMAGENET": "published",
    "ImageMoments": "result",
    "View": "view",
    "image_moments": "moments",
}

__all__ = ["IMAGENET", "ImageMoments", "View", "image_moments"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that the catalogue of questions loads no compiler."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
