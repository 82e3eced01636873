"""Outputs and targets as rows of numbers, at most so many, chosen at even distances and never at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steelyard.watch.recording.objective import Floats, Objective
from steelyard.watch.recording.recognise import class_axes

if TYPE_CHECKING:
    from torch import Tensor

MOST_NUMBERS = 2**18
"""Numbers taken from a batch at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Outputs and targets of one batch.

    Args:
        outputs: shape (rows, classes) or (rows, columns).
        targets: classes (rows,), or shape (rows, classes or columns).
        total: rows that the batch had.
        examples: size of its first axis.
    """

    outputs: Floats
    targets: Floats
    total: int
    examples: int

    @property
    def classes(self) -> int:
        """Return the number of classes or columns."""
        return int(self.outputs.shape[1])


def as_rows(objective: Objective, outputs: Tensor, targets: Tensor) -> Rows | None:
    """Return a batch as rows; None where its shapes don't fit the loss.

    Example:
        >>> import torch
        >>> rows = as_rows(Objective(kind="cross-entropy", form="logits"), torch.zeros(2, 5, 3), torch.zeros(2, 5).long())
        >>> rows.outputs.shape, rows.targets.shape, rows.examples
        ((10, 3), (10,), 2)
    """
    outputs, targets = outputs.detach(), targets.detach()
    examples = int(targets.shape[0]) if targets.ndim else 1
    axes = class_axes(outputs, targets) if objective.kind == "cross-entropy" else ()
    if axes:
        axis = axes[-1] if objective.channels_last else axes[0]
        matrix = outputs.movedim(axis, -1).reshape(-1, outputs.shape[axis])
        index = targets.reshape(-1)
        if len(matrix) != len(index):
            return None
        kept = (index != objective.ignore) & (index >= 0) & (index < matrix.shape[1])
        if not bool(kept.all()):
            matrix, index = matrix[kept], index[kept]
        if len(index) == 0:
            return None
        step = _step(len(index), int(matrix.shape[1]))
        return Rows(
            outputs=_array(matrix[::step]),
            targets=_array(index[::step]),
            total=len(index),
            examples=examples,
        )
    if outputs.numel() != targets.numel() or not outputs.numel():
        return None
    columns = max(1, targets.numel() // max(1, examples))
    o, y = outputs.reshape(examples, columns), targets.reshape(examples, columns)
    if columns > MOST_NUMBERS // 16:  # images: every so many pixels
        thin = -(-columns // (MOST_NUMBERS // 16))
        o, y = o[:, ::thin], y[:, ::thin]
    step = _step(examples, int(o.shape[1]))
    return Rows(outputs=_array(o[::step]), targets=_array(y[::step]), total=examples, examples=examples)


def _step(rows: int, columns: int) -> int:
    return max(1, -(-rows * columns // MOST_NUMBERS))


def _array(tensor: Tensor) -> Floats:
    return np.asarray(tensor.double().cpu().numpy(), dtype=np.float64)
