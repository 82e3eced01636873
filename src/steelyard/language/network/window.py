"""An LSTM layer over the steps of a window, for some rows of the batch, forwards and backwards, without leaving compiled code."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from steelyard.language.network.cell import step_backward, step_forward
from steelyard.language.network.tile import multiply

_Floats = NDArray[np.float32]


@njit(nogil=True, cache=True)
def window_forward(
    gates: _Floats,
    panels: _Floats,
    outputs: _Floats,
    cells: _Floats,
    squashed: _Floats,
    first: int,
    last: int,
) -> None:
    """Pass a window's steps for rows [first, last) of the batch.

    Args:
        gates: what goes into the gates from below, shape (steps, batch, 4 hidden); replaced by the gates.
        panels: what the gates take from the output before, shape (hidden, 4 hidden), in panels.
        outputs: shape (steps + 1, batch, hidden); the first is given, the others are written.
        cells: as the outputs.
        squashed: takes tanh of the cells, shape (steps, batch, hidden).
        first: first row.
        last: the row after the last.
    """
    for step in range(gates.shape[0]):
        multiply(outputs[step], panels, gates[step], first, last, True)
        step_forward(
            gates[step, first:last],
            cells[step, first:last],
            cells[step + 1, first:last],
            squashed[step, first:last],
            outputs[step + 1, first:last],
        )


@njit(nogil=True, cache=True)
def window_backward(
    gates: _Floats,
    cells: _Floats,
    squashed: _Floats,
    from_above: _Floats,
    panels: _Floats,
    gradient: _Floats,
    from_after: _Floats,
    carried: _Floats,
    first: int,
    last: int,
) -> None:
    """Pass a window's gradients back through its steps for rows [first, last) of the batch.

    Args:
        gates: of each step, shape (steps, batch, 4 hidden).
        cells: before the first step and after each, shape (steps + 1, batch, hidden).
        squashed: tanh of the cells after each step, shape (steps, batch, hidden).
        from_above: gradient of the outputs from what reads them, shape (steps, batch, hidden).
        panels: what the gates take from the output before, transposed, shape (4 hidden, hidden), in panels.
        gradient: takes the gradient of what went into the gates, shape (steps, batch, 4 hidden).
        from_after: gradient of the last output from later steps, shape (batch, hidden); replaced by that of the state before.
        carried: the same of the cell.
        first: first row.
        last: the row after the last.
    """
    for step in range(gates.shape[0] - 1, -1, -1):
        step_backward(
            gates[step, first:last],
            cells[step, first:last],
            squashed[step, first:last],
            from_above[step, first:last],
            from_after[first:last],
            carried[first:last],
            gradient[step, first:last],
        )
        multiply(gradient[step], panels, from_after, first, last, False)
