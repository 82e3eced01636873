"""What an LSTM does between its matrix products, forwards and backwards, in one pass over memory each."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from steelyard.language.network.exponential import FAST, sigmoid, tanh

_Floats = NDArray[np.float32]
_ONE = np.float32(1)


@njit(fastmath=FAST, error_model="numpy", nogil=True, cache=True)
def step_forward(gates: _Floats, before: _Floats, cell: _Floats, squashed: _Floats, hidden: _Floats) -> None:
    """Pass one step (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000; gates in PyTorch's order).

    i, f, o = sigmoid(...), g = tanh(...), c = f c' + i g, h = o tanh(c)

    Args:
        gates: what goes into i, f, g, o, shape (batch, 4 hidden); replaced by the gates.
        before: the cell before, shape (batch, hidden).
        cell: takes the cell, shape (batch, hidden).
        squashed: takes tanh of the cell, shape (batch, hidden).
        hidden: takes the output, shape (batch, hidden).
    """
    batch, size = hidden.shape
    for b in range(batch):
        into, forget = gates[b, :size], gates[b, size : 2 * size]
        new, out = gates[b, 2 * size : 3 * size], gates[b, 3 * size :]
        old, now, flat, shown = before[b], cell[b], squashed[b], hidden[b]
        for j in range(size):
            i, f, g, o = sigmoid(into[j]), sigmoid(forget[j]), tanh(new[j]), sigmoid(out[j])
            c = f * old[j] + i * g
            t = tanh(c)
            into[j], forget[j], new[j], out[j] = i, f, g, o
            now[j], flat[j], shown[j] = c, t, o * t


@njit(fastmath=FAST, error_model="numpy", nogil=True, cache=True)
def step_backward(
    gates: _Floats,
    before: _Floats,
    squashed: _Floats,
    from_above: _Floats,
    from_after: _Floats,
    cell_gradient: _Floats,
    gate_gradient: _Floats,
) -> None:
    """Pass one step's gradients back.

    Args:
        gates: i, f, g, o of the step, shape (batch, 4 hidden).
        before: the cell before, shape (batch, hidden).
        squashed: tanh of the step's cell, shape (batch, hidden).
        from_above: gradient of the output from what reads it, shape (batch, hidden).
        from_after: gradient of the output from the step after, shape (batch, hidden).
        cell_gradient: gradient of the step's cell, shape (batch, hidden); replaced by that of the cell before.
        gate_gradient: takes the gradient of what went into the gates, shape (batch, 4 hidden).
    """
    batch, size = from_above.shape
    for b in range(batch):
        into, forget = gates[b, :size], gates[b, size : 2 * size]
        new, out = gates[b, 2 * size : 3 * size], gates[b, 3 * size :]
        d_into, d_forget = gate_gradient[b, :size], gate_gradient[b, size : 2 * size]
        d_new, d_out = gate_gradient[b, 2 * size : 3 * size], gate_gradient[b, 3 * size :]
        old, flat, above, after, carried = (
            before[b],
            squashed[b],
            from_above[b],
            from_after[b],
            cell_gradient[b],
        )
        for j in range(size):
            i, f, g, o, t = into[j], forget[j], new[j], out[j], flat[j]
            shown = above[j] + after[j]
            c = carried[j] + shown * o * (_ONE - t * t)
            d_into[j] = c * g * i * (_ONE - i)
            d_forget[j] = c * old[j] * f * (_ONE - f)
            d_new[j] = c * i * (_ONE - g * g)
            d_out[j] = shown * t * o * (_ONE - o)
            carried[j] = c * f
