"""A fitted forecaster on disk: weights as safetensors, everything else as JSON, nothing that runs when it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from steelyard.errors import InputError
from steelyard.rare_events.features import Features, features_from
from steelyard.rare_events.network import Architecture, Network
from steelyard.rare_events.objectives import Objective, objective
from steelyard.rare_events.training import Epoch, TrainingPlan

_FORMAT = 2
_WEIGHTS = "weights.safetensors"
_DESCRIPTION = "forecaster.json"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """What fitting found.

    Args:
        model: the trained network.
        objective: how its outputs are read.
        features: its inputs.
        plan: how it was trained; window and span are needed to forecast.
        most: largest tabulated count.
        history: what every epoch came to.
        reconstruction: errors of the autoencoder before it was frozen.
    """

    model: Network
    objective: Objective
    features: Features
    plan: TrainingPlan
    most: int
    history: list[Epoch]
    reconstruction: list[float]


def write_fitted(fitted: Fitted, folder: Path, *, parameters: Mapping[str, Any]) -> None:
    """Write what fitting found, and the parameters it was fitted with, to a folder (made where it isn't there).

    Raises:
        InputError: a folder that can't be written.
    """
    described = {
        "format": _FORMAT,
        "parameters": {name: _plain(value) for name, value in parameters.items()},
        "architecture": asdict(fitted.model.architecture),
        "features": asdict(fitted.features),
        "objective": fitted.objective.state(),
        "plan": asdict(fitted.plan),
        "most": fitted.most,
        "history": [asdict(epoch) for epoch in fitted.history],
        "reconstruction": fitted.reconstruction,
    }
    weights = {name: weight.cpu().contiguous() for name, weight in fitted.model.state_dict().items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_file(weights, folder / _WEIGHTS)
        (folder / _DESCRIPTION).write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
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
                f"{folder} must be of format {_FORMAT}, but is of format {described['format']}; use the version of steelyard that "
                "wrote it"
            )
        parameters = dict(described["parameters"])
        chosen = objective(parameters["heads"], parameters["loss"], state=described["objective"])
        features = features_from(described["features"])
        model = Network(
            inputs=features.width,
            known=features.known_width,
            heads=chosen.heads,
            architecture=Architecture(**described["architecture"]),
            seed=parameters["seed"],
            mix=bool(features.covariates.known),
        )
        model.load_state_dict(load_file(folder / _WEIGHTS))
        fitted = Fitted(
            model=model,
            objective=chosen,
            features=features,
            plan=TrainingPlan(**described["plan"]),
            most=int(described["most"]),
            history=[Epoch(**epoch) for epoch in described["history"]],
            reconstruction=list(described["reconstruction"]),
        )
    except (
        OSError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
        json.JSONDecodeError,
        SafetensorError,
    ) as error:
        raise InputError(f"{folder} must hold a saved forecaster, but reading it failed: {error}") from error
    return fitted, parameters


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
