"""A training on disk, so that one that was cut off goes on with the same bits as if it never was.

Which state that is, the systems say: everything that the next step depends on (weights, optimiser, schedule, generators, counters,
the best weights so far). Here it is written so that a reader finds the old state or the new one, whenever the power goes, and read so
that nothing in the file is run and nothing of another training is gone on with.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from steelyard.errors import InputError

_FILE = "training.pt"
_FORMAT = 1
_OWN = ("format", "key")


def write_checkpoint(state: Mapping[str, Any], folder: Path, *, key: str) -> None:
    """Write a training's state to a folder, in one move.

    Args:
        state: everything that the next step depends on: tensors, numbers, texts, and lists and dicts of them.
        folder: made where it isn't there.
        key: what is trained on what (a hash of parameters and data); `restore_checkpoint` wants the same.

    Raises:
        InputError: a folder that can't be written.
        ValueError: a state that has a part named `format` or `key`.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> write_checkpoint({"weights": {"bias": torch.ones(2)}, "epoch": 3}, folder, key="of these data")
        >>> kept = {}
        >>> restore_checkpoint(kept.update, folder, key="of these data", device=torch.device("cpu"))
        True
        >>> kept
        {'weights': {'bias': tensor([1., 1.])}, 'epoch': 3}
    """
    if taken := [name for name in _OWN if name in state]:
        raise ValueError(f"a state's parts must not be named {' or '.join(_OWN)}, but got {taken}")
    new = folder / (_FILE + ".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as file:
            torch.save({"format": _FORMAT, "key": key, **state}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, folder / _FILE)
    except (OSError, RuntimeError) as error:  # PyTorch says that a disk is full with a RuntimeError
        raise InputError(
            f"{folder} must be a folder that can be written, but writing failed: {error}"
        ) from error


def restore_checkpoint(
    restore: Callable[[dict[str, Any]], object],
    folder: Path,
    *,
    key: str,
    device: torch.device,
    of: str = "data and parameters",
) -> bool:
    """Hand a folder's state to a training, and return whether there was one.

    Args:
        restore: sets a fresh training of the same data and parameters to a state. A part that is missing or doesn't fit may raise
            whatever Python and PyTorch raise then.
        folder: where `write_checkpoint` wrote to.
        key: what is trained on what.
        device: that the tensors are put on.
        of: what the key stands for, in the words of a message.

    Raises:
        InputError: a file that `write_checkpoint` didn't write, or one of another training.
    """
    path = folder / _FILE
    if not path.exists():
        return False
    try:
        state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
        if state.pop("format") != _FORMAT or state.pop("key") != key:
            raise InputError(
                f"the checkpoint in {folder} must be of the same {of}, but is of others; name another folder, or delete {_FILE} in it "
                "to start again"
            )
        restore(state)
    except (
        OSError,
        LookupError,
        TypeError,
        AttributeError,
        ValueError,
        RuntimeError,
        EOFError,
        UnpicklingError,
    ) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path} must be a checkpoint of a training, but reading it failed: {error}; delete it to start again"
        ) from error
    return True


def remove_checkpoint(folder: Path) -> None:
    """Remove a folder's checkpoint, where there is one, and what a writing that was cut off left of it."""
    for name in (_FILE, _FILE + ".new"):
        (folder / name).unlink(missing_ok=True)
