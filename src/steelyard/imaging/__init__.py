"""Images: the statistics one normalises with and whether they matter, and chest radiographs the way CheXNet read them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard.imaging.chestxray14 import ChestXRay14, read_chestxray14
    from steelyard.imaging.classifier import ChestXRayClassifier
    from steelyard.imaging.densenet import DenseNet
    from steelyard.imaging.input_check import Expected, check_input
    from steelyard.imaging.localisation import Pointing, pointing_game
    from steelyard.imaging.moments import image_moments
    from steelyard.imaging.published import IMAGENET
    from steelyard.imaging.radiographs import Radiographs, simulate_radiographs
    from steelyard.imaging.result import ImageMoments
    from steelyard.imaging.roc import Auroc, auroc, evaluate, mean_auroc
    from steelyard.imaging.view import View

_HOMES = {
    "IMAGENET": "published",
    "Auroc": "roc",
    "ChestXRay14": "chestxray14",
    "ChestXRayClassifier": "classifier",
    "DenseNet": "densenet",
    "Expected": "input_check",
    "ImageMoments": "result",
    "Pointing": "localisation",
    "Radiographs": "radiographs",
    "View": "view",
    "auroc": "roc",
    "check_input": "input_check",
    "evaluate": "roc",
    "image_moments": "moments",
    "mean_auroc": "roc",
    "pointing_game": "localisation",
    "read_chestxray14": "chestxray14",
    "simulate_radiographs": "radiographs",
}

__all__ = [
    "IMAGENET",
    "Auroc",
    "ChestXRay14",
    "ChestXRayClassifier",
    "DenseNet",
    "Expected",
    "ImageMoments",
    "Pointing",
    "Radiographs",
    "View",
    "auroc",
    "check_input",
    "evaluate",
    "image_moments",
    "mean_auroc",
    "pointing_game",
    "read_chestxray14",
    "simulate_radiographs",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that the catalogue of questions loads nothing heavy."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
