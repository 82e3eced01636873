"""Record what inputs look like: statistics of features, rows shared with validation, and how closely they hold the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steelyard.watch.evidence import Inputs, Leak, Overlap
from steelyard.watch.recording.objective import Floats

if TYPE_CHECKING:
    from torch import Tensor

MOST_NUMBERS = 2**18
MOST_ROWS = 20_000
LOOKS = 24
"""Batches that statistics are taken from."""


class InputRecorder:
    """Keeps sums of features over the first sampled batches, and a fingerprint of each row."""

    def __init__(self) -> None:
        self._kind = ""
        self._rows = self._looks = 0
        self._sum = self._squares = self._least = self._most = np.zeros(0)
        self._two = np.zeros(0, dtype=bool)
        self._not_finite = 0
        self._count = 0.0
        self.fingerprints: set[int] = set()
        self._same = self._compared = 0
        self._tokens = False
        self._columns: list[tuple[Floats, Floats]] = []

    def look(self, inputs: Tensor, targets: Tensor | None) -> None:
        """Take a batch into account."""
        inputs = inputs.detach()
        if inputs.ndim < 2 or inputs.numel() == 0:
            return
        if len(self.fingerprints) < MOST_ROWS:
            self.fingerprints |= set(fingerprints(inputs)[: MOST_ROWS - len(self.fingerprints)])
        if self._looks >= LOOKS:
            return
        self._looks += 1
        if targets is not None:
            self._hold_target(inputs, targets.detach())
        if not inputs.is_floating_point():
            self._kind = self._kind or "tokens"
            return
        features = as_features(inputs)
        if self._rows and features.shape[1] != len(self._sum):
            return
        self._kind = "columns" if inputs.ndim == 2 else "channels"
        self._add(features)
        self._rows += len(inputs)

    def inputs(self) -> Inputs | None:
        """Return the statistics; None for inputs that aren't numbers."""
        if not self._rows or self._kind == "tokens":
            return None
        means = self._sum / max(self._count, 1.0)
        return Inputs(
            rows=self._rows,
            kind=self._kind,
            means=means,
            sds=np.sqrt(np.maximum(self._squares / max(self._count, 1.0) - means**2, 0.0)),
            low=float(self._least.min()),
            high=float(self._most.max()),
            not_finite=self._not_finite,
            two_valued=self._two.astype(np.float64),
        )

    def overlap(self, validation: Tensor) -> Overlap | None:
        """Return how many validation rows were met in training."""
        own = fingerprints(validation.detach()[:4096])
        if not own or not self.fingerprints:
            return None
        return Overlap(
            rows=len(own),
            shared=sum(each in self.fingerprints for each in own),
            own_repeats=1 - len(set(own)) / len(own),
            trained=len(self.fingerprints),
        )

    def leak(self) -> Leak | None:
        """Return how closely inputs hold the target; None where they can't be compared."""
        if self._tokens:
            return Leak(
                rows=self._compared, same=self._same / self._compared, column=-1, correlation=float("nan")
            )
        if not self._columns:
            return None
        x, y = (np.concatenate([each[i] for each in self._columns]) for i in (0, 1))
        if len(x) < 20 or y.std() == 0:
            return None
        x, y = x - x.mean(axis=0), y - y.mean()
        scale = np.sqrt((x**2).sum(axis=0) * (y**2).sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            correlations = np.where(scale > 0, np.abs(x.T @ y) / scale, 0.0)
        column = int(np.argmax(correlations))
        largest = float(correlations[column])
        return Leak(rows=len(x), same=None, column=column if largest > 0.9999 else -1, correlation=largest)

    def _hold_target(self, inputs: Tensor, targets: Tensor) -> None:
        if (
            not inputs.is_floating_point()
            and not targets.is_floating_point()
            and inputs.shape == targets.shape
        ):
            counted = targets >= 0  # a negative class is one that isn't counted
            self._tokens = self._tokens or bool(counted.any())
            self._same += int(((inputs == targets) & counted).sum())
            self._compared += int(counted.sum())
        elif inputs.is_floating_point() and inputs.ndim == 2 and targets.numel() == inputs.shape[0]:
            x = np.asarray(inputs[:512].double().cpu().numpy())
            y = np.asarray(targets.reshape(-1)[:512].double().cpu().numpy())
            if np.isfinite(x).all() and np.isfinite(y).all() and x.size <= MOST_NUMBERS:
                self._columns.append((x, y))

    def _add(self, features: Floats) -> None:
        finite = np.isfinite(features)
        self._not_finite += int((~finite).sum())
        features = np.where(finite, features, 0.0)
        least, most = features.min(axis=0), features.max(axis=0)
        two = ((features == least) | (features == most)).all(axis=0)
        if self._count == 0:
            self._sum = self._squares = np.zeros(features.shape[1])
            self._least, self._most, self._two = least, most, two
        two = two & (least == self._least) & (most == self._most) | (two & self._two & (least == most))
        self._two = self._two & two
        self._least, self._most = np.minimum(self._least, least), np.maximum(self._most, most)
        self._sum = self._sum + features.sum(axis=0)
        self._squares = self._squares + (features**2).sum(axis=0)
        self._count += len(features)


def statistics(inputs: Tensor) -> Inputs | None:
    """Return the statistics of one batch.

    Example:
        >>> import torch
        >>> found = statistics(torch.tensor([[0.0, 1.0], [2.0, 1.0]]))
        >>> found.means.tolist(), found.sds.tolist(), found.kind
        ([1.0, 1.0], [1.0, 0.0], 'columns')
    """
    recorder = InputRecorder()
    recorder.look(inputs, None)
    return recorder.inputs()


def as_features(inputs: Tensor) -> Floats:
    """Return inputs as (rows, features): columns of tables; channels of images (axis 1) and of sequences (the last axis)."""
    rows = inputs
    if inputs.ndim == 3:
        rows = inputs.reshape(-1, inputs.shape[-1])
    elif inputs.ndim > 3:
        rows = inputs.movedim(1, -1).reshape(-1, inputs.shape[1])
    step = max(1, -(-rows.numel() // MOST_NUMBERS))
    return np.asarray(rows[::step].double().cpu().numpy(), dtype=np.float64)


def fingerprints(inputs: Tensor) -> list[int]:
    """Return a number for each row, the same for equal rows."""
    rows = inputs.reshape(len(inputs), -1)[:, :4096].contiguous().cpu()
    array = rows.float().numpy() if rows.is_floating_point() else rows.numpy()
    return [hash(row.tobytes()) for row in array]
