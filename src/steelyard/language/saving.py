"""A fitted model on disk: weights as safetensors, everything else as JSON, nothing that runs when it is read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from steelyard.errors import InputError
from steelyard.language.network import Architecture, LanguageNetwork
from steelyard.language.training import Progress
from steelyard.language.vocabulary import Vocabulary

_FORMAT = 1
_WEIGHTS = "weights.safetensors"
_DESCRIPTION = "language.json"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """What fitting found.

    Args:
        network: trained.
        vocabulary: its tokens.
        history: what every epoch came to.
    """

    network: LanguageNetwork
    vocabulary: Vocabulary
    history: tuple[Progress, ...]


def write_fitted(fitted: Fitted, folder: Path, *, parameters: Mapping[str, Any]) -> None:
    """Write what fitting found, and the parameters it was fitted with, to a folder (made where it isn't there).

    Raises:
        InputError: a folder that can't be written.
    """
    described = {
        "format": _FORMAT,
        "parameters": dict(parameters),
        "architecture": asdict(fitted.network.architecture),
        "vocabulary": fitted.vocabulary.to_json(),
        "history": [asdict(each) for each in fitted.history],
    }
    weights = {
        name: weight.detach().cpu().contiguous() for name, weight in fitted.network.state_dict().items()
    }
    if fitted.network.architecture.tied:
        del weights["output.weight"]  # the embedding's; safetensors keeps each tensor once
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_file(weights, folder / (_WEIGHTS + ".new"))
        (folder / (_DESCRIPTION + ".new")).write_text(
            json.dumps(described, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
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
    """
    try:
        described = json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
        if described["format"] != _FORMAT:
            raise InputError(
                f"{folder} must be of format {_FORMAT}, but is of format {described['format']}; use the version of steelyard that wrote it"
            )
        architecture = Architecture(**described["architecture"])
        vocabulary = Vocabulary.from_json(described["vocabulary"])
        if vocabulary.size != architecture.size:
            raise InputError(
                f"{folder} must have as many tokens as its network guesses, but has {vocabulary.size} and {architecture.size}"
            )
        weights = load_file(folder / _WEIGHTS)
        if architecture.tied:
            weights["output.weight"] = weights["embedding.weight"]
        _check_shapes(architecture, {name: tuple(weight.shape) for name, weight in weights.items()}, folder)
        network = LanguageNetwork(
            Architecture(**{**described["architecture"], "output_start": "uniform"}), seed=0
        )
        network.load_state_dict(weights)
        network.architecture = architecture
        history = tuple(Progress(**each) for each in described["history"])
        return Fitted(network=network, vocabulary=vocabulary, history=history), dict(described["parameters"])
    except (
        OSError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        RuntimeError,
        SafetensorError,
    ) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{folder} must hold a saved model of language, but reading it failed: {error}"
        ) from error


def _check_shapes(architecture: Architecture, shapes: Mapping[str, tuple[int, ...]], folder: Path) -> None:
    """Refuse a description that doesn't fit the weights before memory is taken for what it claims."""
    wide = architecture.embedding or architecture.size
    wanted = {
        "output.weight": (architecture.size, architecture.hidden),
        "layers.0.weight_ih_l0": (4 * architecture.hidden, wide),
        f"layers.{architecture.layers - 1}.weight_hh_l0": (4 * architecture.hidden, architecture.hidden),
    }
    for name, shape in wanted.items():
        if shapes.get(name) != shape:
            raise InputError(
                f"{folder} must hold weights of its architecture, but {name} has the shape {shapes.get(name)} where {shape} is described"
            )
