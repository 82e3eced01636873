"""Learning curves of a training, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steelyard.language.training import Progress
    from steelyard.study.run import Run

_BLOCKS = 100
"""Blocks of steps that a training is shown in."""


class Curves:
    """Hand a training's losses over to a run: `train_nats`, a mean over each hundredth of the steps, and `validation_nats`.

    The first block of `train_nats` is a single step, whose loss is measured before it: the untrained network's.

    Args:
        run: what they are handed to.

    Attributes:
        first_nats: loss of the first window, before any step; nan until then.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.first_nats = float("nan")
        self._early_sum, self._early_tokens = 0.0, 0
        self._sum, self._tokens = 0.0, 0
        self._epoch_sum, self._epoch_tokens, self._before = 0.0, 0, 0
        self._shown = 0

    def __call__(self, progress: Progress) -> None:
        """Take the progress after a window."""
        tokens = progress.tokens - self._before
        self._before = progress.tokens
        # `train_nats` is a mean since the epoch began: what it gained with this window is the window's own loss.
        whole = progress.train_nats * (self._epoch_tokens + tokens)
        loss = whole - self._epoch_sum
        self._epoch_sum, self._epoch_tokens = whole, self._epoch_tokens + tokens
        self._sum, self._tokens = self._sum + loss, self._tokens + tokens
        if progress.step <= max(1, progress.steps // 10):
            self._early_sum, self._early_tokens = self._early_sum + loss, self._early_tokens + tokens
        if progress.step == 1:
            self.first_nats = progress.train_nats
        if progress.step == 1 or progress.step * _BLOCKS // progress.steps > self._shown:
            self._shown = progress.step * _BLOCKS // progress.steps
            self.run.curve("train_nats", step=progress.step, value=self._sum / self._tokens)
            self._sum, self._tokens = 0.0, 0
        if progress.epoch == int(progress.epoch):
            self._epoch_sum, self._epoch_tokens = 0.0, 0
        if progress.validation_nats is not None:
            self.run.curve("validation_nats", step=progress.step, value=progress.validation_nats)

    @property
    def early_nats(self) -> float:
        """Return the mean training loss over the first tenth of the steps, nats a token; nan before the first."""
        return self._early_sum / self._early_tokens if self._early_tokens else float("nan")
