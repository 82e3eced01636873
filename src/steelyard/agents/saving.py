"""A fitted agent on disk: weights as safetensors, everything else as JSON, nothing that runs when it is read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from steelyard.agents.learning.progress import Update
from steelyard.agents.network import Architecture, SetActorCritic
from steelyard.environments.satchel.rules import Rules
from steelyard.errors import InputError

_FORMAT = 1
_WEIGHTS = "weights.safetensors"
_DESCRIPTION = "agent.json"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """What fitting found.

    Args:
        network: trained.
        history: what every update came to.
    """

    network: SetActorCritic
    history: tuple[Update, ...]


def write_fitted(fitted: Fitted, folder: Path, *, parameters: Mapping[str, Any]) -> None:
    """Write what fitting found, and the parameters it was fitted with, to a folder (made where it isn't there).

    Raises:
        InputError: a folder that can't be written.
    """
    environment = parameters["environment"]
    known: Any = environment if isinstance(environment, str) else None
    if isinstance(environment, Rules):
        known = {"rules": asdict(environment)}
    described = {
        "format": _FORMAT,
        "parameters": {**parameters, "environment": known, "encoder": None},
        "architecture": asdict(fitted.network.architecture),
        "history": [asdict(each) for each in fitted.history],
    }
    weights = {
        name: weight.detach().cpu().contiguous() for name, weight in fitted.network.state_dict().items()
    }
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
    """Return what `write_fitted` wrote to a folder, with the parameters; an environment that was a function is None.

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
        weights = load_file(folder / _WEIGHTS)
        _check_shapes(architecture, {name: tuple(weight.shape) for name, weight in weights.items()}, folder)
        network = SetActorCritic.of(architecture, seed=0)
        network.load_state_dict(weights)
        parameters = dict(described["parameters"])
        if isinstance(parameters["environment"], dict):
            parameters["environment"] = Rules(**parameters["environment"]["rules"])
        history = tuple(Update(**each) for each in described["history"])
        return Fitted(network=network, history=history), parameters
    except (OSError, KeyError, TypeError, ValueError, AttributeError, RuntimeError, SafetensorError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{folder} must hold a saved agent, but reading it failed: {error}") from error


def _check_shapes(architecture: Architecture, shapes: Mapping[str, tuple[int, ...]], folder: Path) -> None:
    """Refuse a description that doesn't fit the weights before memory is taken for what it claims."""
    wanted = {
        "body.embedding.linear.weight": (architecture.width, architecture.vocabulary + architecture.features),
        f"body.encoder.layers.{architecture.layers - 1}.linear1.weight": (
            architecture.hidden,
            architecture.width,
        ),
        "actor.linear.weight": (architecture.actions, architecture.width),
    }
    for name, shape in wanted.items():
        if shapes.get(name) != shape:
            raise InputError(
                f"{folder} must hold weights of its architecture, but {name} has the shape {shapes.get(name)} where {shape} is described"
            )
