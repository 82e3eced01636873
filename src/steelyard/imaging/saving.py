"""A fitted classifier on disk: weights as safetensors, everything else as JSON, nothing that runs when it is read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from steelyard.errors import InputError
from steelyard.imaging.backbones import make_backbone
from steelyard.imaging.training import Epoch

_FORMAT = 1
_WEIGHTS = "weights.safetensors"
_DESCRIPTION = "classifier.json"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """What fitting found.

    Args:
        network: the trained network.
        positives: share of training images with each finding; None where the loss wasn't weighted.
        history: what every epoch came to.
    """

    network: nn.Module
    positives: tuple[float, ...] | None
    history: list[Epoch]


def write_fitted(fitted: Fitted, folder: Path, *, parameters: Mapping[str, Any]) -> None:
    """Write what fitting found, and the parameters it was fitted with, to a folder (made where it isn't there).

    Raises:
        InputError: a folder that can't be written.
    """
    described = {
        "format": _FORMAT,
        "parameters": {
            name: list(value) if isinstance(value, tuple) else value for name, value in parameters.items()
        },
        "positives": fitted.positives,
        "history": [asdict(epoch) for epoch in fitted.history],
    }
    weights = {name: tensor.cpu().contiguous() for name, tensor in fitted.network.state_dict().items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_file(weights, folder / (_WEIGHTS + ".new"))
        (folder / (_DESCRIPTION + ".new")).write_text(
            json.dumps(described, indent=2) + "\n", encoding="utf-8"
        )
        for name in (_WEIGHTS, _DESCRIPTION):
            os.replace(folder / (name + ".new"), folder / name)
    except (OSError, SafetensorError) as error:
        raise InputError(
            f"{folder} must be a folder that can be written, but writing failed: {error}"
        ) from error


def read_fitted(folder: Path) -> tuple[Fitted, dict[str, Any]]:
    """Return what `write_fitted` wrote to a folder, with the parameters.

    Raises:
        InputError: no such folder, or files that this version's `write_fitted` didn't write.
        MissingExtraError: a network of timm's, without timm.
    """
    try:
        described = json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
        if described["format"] != _FORMAT:
            raise InputError(
                f"{folder} must be of format {_FORMAT}, but is of format {described['format']}; use the version of steelyard that wrote it"
            )
        parameters: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in described["parameters"].items()
        }
        network = make_backbone(
            parameters["backbone"], outputs=len(parameters["findings"]), seed=parameters["seed"]
        )
        network.load_state_dict(load_file(folder / _WEIGHTS))
        positives = described["positives"]
        fitted = Fitted(
            network=network.eval(),
            positives=None if positives is None else tuple(map(float, positives)),
            history=[Epoch(**epoch) for epoch in described["history"]],
        )
    except (
        OSError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
        json.JSONDecodeError,
        UnicodeDecodeError,
        SafetensorError,
    ) as error:
        raise InputError(f"{folder} must hold a saved classifier, but reading it failed: {error}") from error
    return fitted, parameters
