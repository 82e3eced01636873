"""A training on disk, so that one that was cut off goes on with the same bits as if it never was."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from steelyard.errors import InputError
from steelyard.rare_events.training import Epoch, Training

_FILE = "training.pt"
_FORMAT = 1


def write_checkpoint(training: Training, folder: Path, *, key: str) -> None:
    """Write everything that the next epoch depends on to a folder, in one move.

    Args:
        training: between two epochs.
        folder: made where it isn't there.
        key: what is trained on what; `read_checkpoint` wants the same.

    Raises:
        InputError: a folder that can't be written.
    """
    state = {
        "format": _FORMAT,
        "key": key,
        "model": training.model.state_dict(),
        "weights": training.weights.state_dict(),
        "optimizer": training.optimizer.state_dict(),
        "schedule": {"last_epoch": training.schedule.last_epoch},
        "order": training.order.bit_generator.state,
        "generator": training.generator.get_state(),
        "history": [asdict(epoch) for epoch in training.history],
        "reconstruction": training.reconstruction,
        "best_loss": training.best_loss,
        "best_epoch": training.best_epoch,
        "best_weights": training.best_weights,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        torch.save(state, folder / (_FILE + ".new"))
        os.replace(folder / (_FILE + ".new"), folder / _FILE)
    except OSError as error:
        raise InputError(
            f"{folder} must be a folder that can be written, but writing failed: {error}"
        ) from error


def read_checkpoint(training: Training, folder: Path, *, key: str) -> bool:
    """Set a training to where a checkpoint left it, and return whether there was one.

    Args:
        training: fresh, of the same data and parameters.
        folder: where `write_checkpoint` wrote to.
        key: what is trained on what.

    Raises:
        InputError: a file that `write_checkpoint` didn't write, or one of other data or parameters.
    """
    path = folder / _FILE
    if not path.exists():
        return False
    try:
        state: dict[str, Any] = torch.load(path, map_location=training.panel.y.device, weights_only=True)
        if state["format"] != _FORMAT or state["key"] != key:
            raise InputError(
                f"the checkpoint in {folder} must be of the same data and parameters, but is of others; name another folder, or delete "
                "it to start again"
            )
        training.model.load_state_dict(state["model"])
        training.weights.load_state_dict(state["weights"])
        training.optimizer.load_state_dict(state["optimizer"])
        training.schedule.last_epoch = state["schedule"]["last_epoch"]
        training.order.bit_generator.state = state["order"]
        training.generator.set_state(state["generator"].cpu())
        training.history[:] = [Epoch(**each) for each in state["history"]]
        training.reconstruction = list(state["reconstruction"])
        training.best_loss, training.best_epoch = state["best_loss"], state["best_epoch"]
        training.best_weights = state["best_weights"]
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, EOFError, UnpicklingError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path} must be a checkpoint of a training, but reading it failed: {error}; delete it to start again"
        ) from error
    return True
