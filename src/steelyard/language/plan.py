"""How a language network is trained: batches, optimiser, learning rate, when to stop."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from steelyard.errors import InputError

Optimiser = Literal["adam", "sgd", "rmsprop"]
Schedule = Literal["cosine", "constant", "decay"]
ClipBy = Literal["norm", "value"]

_WARM_UP_STEPS = 100
_LAST_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """How long and how hard to train.

    Args:
        batch: stretches of the text that are read side by side; fewer where the text has fewer than `batch` windows.
        window: tokens between two steps of the optimiser: gradients reach back as far, the state is carried on.
        epochs: passes over the text.
        patience: epochs without a better validation loss before stopping; None: never.
        optimiser: `adam` (Kingma and Ba 2015), `sgd`, or `rmsprop` (smoothing .95, as char-rnn).
        learning_rate: the highest.
        schedule: `cosine`: up over the first 100 steps (at most a tenth), then along a cosine to a hundredth; `constant`; `decay`: times
            `decay_factor` after each epoch from `decay_after` on.
        decay_after: epochs at the full rate, for `decay`.
        decay_factor: in (0, 1], for `decay`.
        clip: largest norm of the gradient, or largest value of each entry; None: not clipped.
        clip_by: `norm` (Pascanu et al. 2013) or `value`.
        sum_over_time: the gradient is of the sum over a window's steps (mean over the batch), as in Zaremba et al. 2014, not of the mean.
        weight_decay: of matrices, apart from the gradient (AdamW, Loshchilov and Hutter 2019); `adam` only.
        average: weights are averaged over the steps with this memory (0.999: about the last thousand) and the averages are what is
            validated and kept (Polyak and Juditsky 1992, exponential); None: no average.
        carry: the state is carried on from window to window; False: every window begins at zero, so that nothing from before it is
            known (Keras' `stateful=False`, its default).

    Raises:
        InputError: a value outside its range.

    Example:
        >>> TrainingPlan(schedule="decay", decay_after=4, decay_factor=0.5).rate(step=0, steps=100, epoch=5)
        0.0005
    """

    batch: int = 32
    window: int = 64
    epochs: int = 10
    patience: int | None = None
    optimiser: Optimiser = "adam"
    learning_rate: float = 0.002
    schedule: Schedule = "cosine"
    decay_after: int = 10
    decay_factor: float = 0.97
    clip: float | None = 1.0
    clip_by: ClipBy = "norm"
    sum_over_time: bool = False
    weight_decay: float = 0.0
    average: float | None = None
    carry: bool = True

    def __post_init__(self) -> None:
        for name in ("batch", "window", "epochs"):
            if getattr(self, name) < 1:
                raise InputError(f"`{name}` must be at least 1, but got {getattr(self, name)}")
        for name, known in (("optimiser", Optimiser), ("schedule", Schedule), ("clip_by", ClipBy)):
            if getattr(self, name) not in get_args(known):
                raise InputError(
                    f"`{name}` must be one of {', '.join(get_args(known))}, but got {getattr(self, name)!r}"
                )
        if self.patience is not None and self.patience < 1:
            raise InputError(
                f"`patience` must be at least 1, or None to never stop early, but got {self.patience}"
            )
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise InputError(f"`learning_rate` must be above 0, but got {self.learning_rate}")
        if self.decay_after < 0 or not 0 < self.decay_factor <= 1:
            raise InputError(
                f"`decay_after` must be at least 0 and `decay_factor` lie in (0, 1], but got {self.decay_after} and {self.decay_factor}"
            )
        if self.clip is not None and not self.clip > 0:
            raise InputError(f"`clip` must be above 0, or None to not clip, but got {self.clip}")
        if not 0 <= self.weight_decay < math.inf:
            raise InputError(f"`weight_decay` must be at least 0, but got {self.weight_decay}")
        if self.weight_decay > 0 and self.optimiser != "adam":
            raise InputError(
                f"`weight_decay` must be 0 without adam, but got {self.weight_decay} with {self.optimiser}"
            )
        if self.average is not None and not 0 < self.average < 1:
            raise InputError(f"`average` must lie in (0, 1), or be None, but got {self.average}")

    def batch_of(self, tokens: int) -> int:
        """Return how many stretches a text of so many tokens is read in.

        Raises:
            InputError: a text shorter than the window.
        """
        if tokens < self.window:
            raise InputError(
                f"the training text must have at least a window of {self.window} tokens, but has {tokens}; give more text, or a smaller "
                "`window`"
            )
        return max(1, min(self.batch, tokens // self.window))

    def rate(self, *, step: int, steps: int, epoch: int) -> float:
        """Return the learning rate of a step.

        Args:
            step: from 0.
            steps: of the whole training.
            epoch: from 0.
        """
        if self.schedule == "constant":
            return self.learning_rate
        if self.schedule == "decay":
            return self.learning_rate * self.decay_factor ** max(epoch + 1 - self.decay_after, 0)
        warm = min(_WARM_UP_STEPS, max(1, steps // 10))
        if step < warm:
            return self.learning_rate * (step + 1) / warm
        share = min(1.0, (step - warm) / max(1, steps - warm))
        return self.learning_rate * (_LAST_SHARE + (1 - _LAST_SHARE) * 0.5 * (1 + math.cos(math.pi * share)))
