"""The learning curve as training reports it, in a bounded number of points."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

MOST = 1000
"""Points that are kept, at most."""


class Reported(Protocol):
    """What a report of a training must say; `training.Progress` does."""

    @property
    def step(self) -> int:
        """Return the steps of the optimiser so far."""

    @property
    def tokens(self) -> int:
        """Return the tokens trained on so far."""

    @property
    def train_nats(self) -> float:
        """Return the mean loss since the epoch began."""

    @property
    def validation_nats(self) -> float | None:
        """Return the validation loss, where it was just measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One point of the learning curve; nan where training didn't report it.

    Args:
        step: steps of the optimiser.
        tokens: tokens trained on.
        train_nats: mean loss of the epoch's training tokens so far.
        validation_nats: loss on the validation text.
    """

    step: int
    tokens: int
    train_nats: float
    validation_nats: float


class CurveRecorder:
    """Keep what a training reports, every report at first, later every second, fourth, ... as the training grows.

    Reports with a validation loss are always kept.

    Args:
        most: points without a validation loss to keep, at most; 2 or more.

    Example:
        >>> from types import SimpleNamespace as Report
        >>> record = CurveRecorder(most=4)
        >>> for step in range(1, 11):
        ...     record(Report(step=step, tokens=step, train_nats=1.0, validation_nats=None))
        >>> [point.step for point in record.points()]
        [4, 8]
    """

    def __init__(self, *, most: int = MOST) -> None:
        self._most = max(most, 2)
        self._every = 1
        self._kept: dict[int, CurvePoint] = {}

    def __call__(self, progress: Reported) -> None:
        """Keep a report."""
        if progress.validation_nats is None and progress.step % self._every:
            return
        self._kept[progress.step] = _point(progress)
        if len(self._kept) > self._most:
            self._every *= 2
            self._kept = {
                step: point
                for step, point in self._kept.items()
                if step % self._every == 0 or not math.isnan(point.validation_nats)
            }

    def points(self, history: Iterable[Reported] = ()) -> tuple[CurvePoint, ...]:
        """Return the curve in the order of training.

        Args:
            history: reports from before this recorder was there (a training that was gone on with).
        """
        merged = {each.step: _point(each) for each in history} | self._kept
        return tuple(merged[step] for step in sorted(merged))


def _point(progress: Reported) -> CurvePoint:
    validation = progress.validation_nats
    return CurvePoint(
        step=progress.step,
        tokens=progress.tokens,
        train_nats=progress.train_nats,
        validation_nats=math.nan if validation is None else validation,
    )
