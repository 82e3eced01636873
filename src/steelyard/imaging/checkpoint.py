"""A training on disk, so that one that was cut off goes on with the same bits as if it never was."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from steelyard.errors import InputError
from steelyard.imaging.training import Epoch, Training

_FILE = "training.pt"
_FORMAT = 1


def write_checkpoint(training: Training, folder: Path, *, key: str) -> None:
    """Write everything that the next step depends on to a folder, in one move.

    Args:
        training: between two steps.
        folder: made where it isn't there.
        key: what is trained on what; `read_checkpoint` wants the same.

    Raises:
        InputError: a folder that can't be written.
    """
    state = {
        "format": _FORMAT,
        "key": key,
        "network": training.network.state_dict(),
        "optimizer": training.optimizer.state_dict(),
        "schedule": _plain(training.schedule.state_dict()),
        "history": [asdict(epoch) for epoch in training.history],
        "step": training.step,
        "loss_sum": training.loss_sum,
        "best_loss": training.best_loss,
        "best_epoch": training.best_epoch,
        "best_weights": dict(training.best_weights),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / (_FILE + ".new")).open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
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
        state: dict[str, Any] = torch.load(path, map_location=training.device, weights_only=True)
        if state["format"] != _FORMAT or state["key"] != key:
            raise InputError(
                f"the checkpoint in {folder} must be of the same data and parameters, but is of others; name another folder, or delete "
                "it to start again"
            )
        training.network.load_state_dict(state["network"])
        training.optimizer.load_state_dict(state["optimizer"])
        training.schedule.load_state_dict(state["schedule"])
        training.history[:] = [Epoch(**each) for each in state["history"]]
        training.step, training.loss_sum = state["step"], state["loss_sum"]
        training.best_loss, training.best_epoch = state["best_loss"], state["best_epoch"]
        training.best_weights = state["best_weights"]
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, EOFError, UnpicklingError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path} must be a checkpoint of a training, but reading it failed: {error}; delete it to start again"
        ) from error
    return True


def _plain(state: dict[str, Any]) -> dict[str, Any]:
    """Return what of a schedule's state is numbers and text."""
    return {name: value for name, value in state.items() if isinstance(value, (int, float, str, list))}
