"""A fitted forecaster on disk: weights as safetensors, everything else as JSON, nothing that runs when it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from steelyard.errors import InputError
from steelyard.rare_events.model import SharedEncoder
from steelyard.rare_events.objectives import Objective, SquaredError, objective
from steelyard.rare_events.training import Epoch

_FORMAT = 1
_WEIGHTS = "weights.safetensors"
_DESCRIPTION = "forecaster.json"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """What fitting found.

    Args:
        model: the trained network.
        objective: how its outputs are read.
        most: largest tabulated count.
        history: what every epoch came to.
    """

    model: SharedEncoder
    objective: Objective
    most: int
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
        "most": fitted.most,
        "residual_sd": fitted.objective.residual_sd if isinstance(fitted.objective, SquaredError) else None,
        "history": [asdict(epoch) for epoch in fitted.history],
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
        chosen = objective(parameters["heads"], parameters["loss"])
        if isinstance(chosen, SquaredError):
            chosen = replace(chosen, residual_sd=float(described["residual_sd"]))
        weights = load_file(folder / _WEIGHTS)
        model = SharedEncoder(
            inputs=len(weights["centre"]),
            hidden=parameters["hidden"],
            heads=chosen.heads,
            dropout=parameters["dropout"],
            seed=parameters["seed"],
        )
        model.load_state_dict(weights)
        fitted = Fitted(
            model=model,
            objective=chosen,
            most=int(described["most"]),
            history=[Epoch(**epoch) for epoch in described["history"]],
        )
    except (OSError, KeyError, TypeError, RuntimeError, json.JSONDecodeError, SafetensorError) as error:
        raise InputError(f"{folder} must hold a saved forecaster, but reading it failed: {error}") from error
    return fitted, parameters
