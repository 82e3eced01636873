"""Networks that read images: what one normalises with, and chest radiographs the way CheXNet read them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard.imaging.chestxray14 import ChestXRay14, read_chestxray14
    from steelyard.imaging.classifier import ChestXRayClassifier
    from steelyard.imaging.densenet import DenseNet
    from steelyard.imaging.input_check import Expected, check_input
    from steelyard.imaging.radiographs import Radiographs, simulate_radiographs
    from steelyard.imaging.roc import Auroc, auroc, evaluate, mean_auroc

_HOMES = {
    "Auroc": "roc",
    "ChestXRay14": "chestxray14",
    "ChestXRayClassifier": "classifier",
    "DenseNet": "densenet",
    "Expected": "input_check",
    "Radiographs": "radiographs",
    "auroc": "roc",
    "check_input": "input_check",
    "evaluate": "roc",
    "mean_auroc": "roc",
    "read_chestxray14": "chestxray14",
    "simulate_radiographs": "radiographs",
}

__all__ = [
    "Auroc",
    "ChestXRay14",
    "ChestXRayClassifier",
    "DenseNet",
    "Expected",
    "Radiographs",
    "auroc",
    "check_input",
    "evaluate",
    "mean_auroc",
    "read_chestxray14",
    "simulate_radiographs",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that the catalogue of questions loads no torch."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
