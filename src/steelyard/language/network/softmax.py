"""The loss of a block of guesses, and its gradient, in one pass over each row of logits."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from steelyard.language.network.exponential import FAST, exponential

_Floats = NDArray[np.float32]
_LANES = 8


@njit(fastmath=FAST, error_model="numpy", nogil=True, cache=True)
def loss_and_gradient(logits: _Floats, bias: _Floats, targets: NDArray[np.int64], nats: _Floats) -> None:
    """Write -log softmax(logits + bias) of the targets to `nats`, and softmax minus one-hot over the logits.

    Args:
        logits: shape (rows, size); replaced by the gradient of the row's loss with respect to them.
        bias: added to every row, shape (size,).
        targets: the right token of each row, in [0, size), shape (rows,).
        nats: takes the loss of each row, shape (rows,).
    """
    rows, size = logits.shape
    whole = size - size % _LANES
    sums = np.zeros(_LANES, np.float32)
    for r in range(rows):
        row = logits[r]
        highest = np.float32(-np.inf)
        for j in range(size):
            row[j] += bias[j]
            highest = max(highest, row[j])
        right = row[targets[r]] - highest
        sums[:] = np.float32(0)
        for j in range(size):
            row[j] = exponential(row[j] - highest)
        for j in range(0, whole, _LANES):
            for lane in range(_LANES):
                sums[lane] += row[j + lane]
        total = np.float64(0)
        for lane in range(_LANES):
            total += np.float64(sums[lane])
        for j in range(whole, size):
            total += np.float64(row[j])
        nats[r] = np.float32(math.log(total) - np.float64(right))
        share = np.float32(1 / total)
        for j in range(size):
            row[j] *= share
        row[targets[r]] -= np.float32(1)
