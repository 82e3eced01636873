"""A training run to its end, written down on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from steelyard.agents.learning.progress import Progress
from steelyard.agents.learning.training import Training
from steelyard.checkpoint import remove_checkpoint, restore_checkpoint, write_checkpoint

_CHECKPOINT_S = 60.0
_OF = "environment, parameters and steps"


def run_training(
    training: Training,
    folder: Path | None,
    *,
    key: str,
    on_progress: Callable[[Progress], None] | None,
) -> None:
    """Run a training from its checkpoint, where there is one, to its end.

    Args:
        training: fresh.
        folder: keeps the checkpoint, written about every minute and removed at the end; None: none.
        key: what is trained on what.
        on_progress: told after every update; an exception in it ends the run and leaves the checkpoint.

    Raises:
        InputError: a checkpoint of another training, a folder that can't be written.
    """
    if folder is not None:
        device = next(training.network.parameters()).device
        restore_checkpoint(training.restore, folder, key=key, device=device, of=_OF)
    last = time.monotonic()
    while not training.finished:
        update = training.advance()
        if on_progress is not None:
            on_progress(Progress(last=update, network=training.network))
        due = time.monotonic() - last > _CHECKPOINT_S
        if folder is not None and due and training.can_pause:
            write_checkpoint(training.state(), folder, key=key)
            last = time.monotonic()
    if folder is not None:
        remove_checkpoint(folder)
