"""A training on disk, so that one that was cut off goes on with the same bits as if it never was."""

from __future__ import annotations

import os
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from steelyard.agents.learning.training import Training
from steelyard.errors import InputError

_FILE = "training.pt"
_FORMAT = 1


def write_checkpoint(training: Training, folder: Path, *, key: str) -> None:
    """Write everything that the next update depends on to a folder, in one move.

    Args:
        training: between two updates, at a moment it can be resumed from (`Training.can_pause`).
        folder: made where it isn't there.
        key: what is trained on what; `read_checkpoint` wants the same.

    Raises:
        InputError: a folder that can't be written.
    """
    new = folder / (_FILE + ".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as file:
            torch.save({"format": _FORMAT, "key": key, "training": training.state()}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, folder / _FILE)
    except (OSError, RuntimeError) as error:
        raise InputError(
            f"{folder} must be a folder that can be written, but writing failed: {error}"
        ) from error


def read_checkpoint(training: Training, folder: Path, *, key: str) -> bool:
    """Set a training to where a checkpoint left it, and return whether there was one.

    Args:
        training: fresh, of the same environments, network and plan.
        folder: where `write_checkpoint` wrote to.
        key: what is trained on what.

    Raises:
        InputError: a file that `write_checkpoint` didn't write, or one of another training.
    """
    path = folder / _FILE
    if not path.exists():
        return False
    try:
        device = next(training.network.parameters()).device
        state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
        if state["format"] != _FORMAT or state["key"] != key:
            raise InputError(
                f"the checkpoint in {folder} must be of the same environment, parameters and steps, but is of others; name another folder, "
                f"or delete {path.name} in it to start again"
            )
        training.restore(state["training"])
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, EOFError, UnpicklingError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path} must be a checkpoint of a training, but reading it failed: {error}; delete it to start again"
        ) from error
    return True


def remove_checkpoint(folder: Path) -> None:
    """Remove a folder's checkpoint, where there is one."""
    (folder / _FILE).unlink(missing_ok=True)
