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
    def epoch(self) -> float:
        """Return the passes over the text so far."""

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
        train_nats: mean loss of the training tokens since the point before.
        validation_nats: loss on the validation text.
    """

    step: int
    tokens: int
    train_nats: float
    validation_nats: float


class CurveRecorder:
    """Keep what a training reports, every report at first, later every second, fourth, ... as the training grows.

    A report's `train_nats` is a mean since its epoch began; a point's is the mean since the point before, so that the curve shows what the
    loss was rather than what it had been. Reports with a validation loss are always kept.

    Args:
        most: points to keep before thinning, 2 or more.

    Example:
        >>> from types import SimpleNamespace as Report
        >>> record = CurveRecorder()
        >>> for step, nats in ((1, 4.0), (2, 3.5), (3, 3.0)):
        ...     record(Report(step=step, tokens=10 * step, epoch=step / 4, train_nats=nats, validation_nats=None))
        >>> [point.train_nats for point in record.points()]
        [4.0, 3.0, 2.0]
    """

    def __init__(self, *, most: int = MOST) -> None:
        self._most = max(most, 2)
        self._every = 1
        self._kept: list[_Stretch] = []
        self._open = _Stretch()
        self._epoch, self._began, self._counted, self._nats = -1, 0, 0, 0.0

    def __call__(self, progress: Reported) -> None:
        """Take a report."""
        epoch = math.ceil(progress.epoch)
        if epoch != self._epoch:
            began = self._began + self._counted if self._epoch >= 0 else self._start(progress)
            self._epoch, self._began, self._counted, self._nats = epoch, began, 0, 0.0
        counted = progress.tokens - self._began
        nats = progress.train_nats * counted
        self._open.add(counted - self._counted, nats - self._nats)
        self._counted, self._nats = counted, nats
        validated = progress.validation_nats is not None
        if validated or progress.step % self._every == 0:
            self._open.close(progress)
            self._kept.append(self._open)
            self._open = _Stretch()
        if len(self._kept) > self._most:
            self._thin()

    def points(self, history: Iterable[Reported] = ()) -> tuple[CurvePoint, ...]:
        """Return the curve in the order of training.

        Args:
            history: reports at the ends of epochs, for those before this recorder was there (a training that was gone on with).
        """
        own = {each.step: each.point() for each in self._kept}
        first = min(own, default=None)
        earlier = {
            each.step: CurvePoint(
                step=each.step,
                tokens=each.tokens,
                train_nats=each.train_nats,
                validation_nats=math.nan if each.validation_nats is None else each.validation_nats,
            )
            for each in history
            if first is None or each.step < first
        }
        merged = earlier | own
        return tuple(merged[step] for step in sorted(merged))

    @staticmethod
    def _start(progress: Reported) -> int:
        """Return the tokens before the epoch of the first report: all epochs have equally many."""
        whole = math.ceil(progress.epoch) - 1
        return round(progress.tokens * whole / progress.epoch) if whole > 0 else 0

    def _thin(self) -> None:
        self._every *= 2
        kept: list[_Stretch] = []
        before = _Stretch()
        for each in self._kept:
            each.add(before.tokens, before.nats)
            before = _Stretch()
            if each.step % self._every == 0 or not math.isnan(each.validation_nats):
                kept.append(each)
            else:
                before = each
        self._open.add(before.tokens, before.nats)
        self._kept = kept


@dataclass(slots=True)
class _Stretch:
    """The training tokens between two points, and what they cost."""

    tokens: int = 0
    nats: float = 0.0
    step: int = 0
    until: int = 0
    validation_nats: float = math.nan

    def add(self, tokens: int, nats: float) -> None:
        self.tokens += tokens
        self.nats += nats

    def close(self, progress: Reported) -> None:
        self.step, self.until = progress.step, progress.tokens
        if progress.validation_nats is not None:
            self.validation_nats = progress.validation_nats

    def point(self) -> CurvePoint:
        mean = self.nats / self.tokens if self.tokens > 0 else math.nan
        return CurvePoint(
            step=self.step, tokens=self.until, train_nats=mean, validation_nats=self.validation_nats
        )
