"""An LSTM layer over a window of steps, with its gradient.

PyTorch's LSTM on a CPU passes over memory a dozen times a step for the gates and as often for their gradients, multiplies a batch's few rows far
below the processor's peak, and computes the part of the gates that comes from the input for every token. Here a window is one call of compiled
code for each thread, which takes rows of the batch through all steps on its own; and the caller may look the input's part up in a table
(token -> its part of the gates), which for characters makes that part free.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd.function import once_differentiable

from steelyard.language.network.tile import packed
from steelyard.language.network.window import window_backward, window_forward

State = tuple[Tensor, Tensor]


def recur(inputs: Tensor, weight: Tensor, state: State, *, overwrite: bool = False) -> tuple[Tensor, State]:
    """Return the outputs of an LSTM layer and the state it ends in; single precision, on a CPU.

    Args:
        inputs: what goes into the gates i, f, g, o from the layer's input and biases, shape (steps, batch, 4 hidden).
        weight: what the gates take from the output before, shape (4 hidden, hidden), as `nn.LSTM.weight_hh_l0`.
        state: output and cell before the first step, each of shape (batch, hidden). No gradient flows into it.
        overwrite: whether the memory of `inputs` may be used for the gates, when nobody reads them again.

    Returns:
        Outputs, shape (steps, batch, hidden), and the state after the last step, cut off from the gradient (truncated
        back-propagation through time: Williams and Peng 1990).

    When it is wrong: gates are within 3e-7 of PyTorch's (their exponential is rounded otherwise), so trainings by the two part
    slowly, as they do between two thread counts.

    Example:
        >>> inputs, weight = torch.randn(5, 2, 12), torch.randn(12, 3)
        >>> outputs, (hidden, cell) = recur(inputs, weight, (torch.zeros(2, 3), torch.zeros(2, 3)))
        >>> outputs.shape, bool((hidden == outputs[-1]).all())
        (torch.Size([5, 2, 3]), True)
    """
    outputs, cell = _Recurrence.apply(inputs, weight, *state, overwrite)  # type: ignore[no-untyped-call] # torch has no annotation
    return outputs, (outputs[-1].detach(), cell)


class _Recurrence(torch.autograd.Function):
    """The layer as one node of the graph."""

    @staticmethod
    def forward(
        ctx: Any, inputs: Tensor, weight: Tensor, hidden: Tensor, cell: Tensor, overwrite: bool
    ) -> tuple[Tensor, Tensor]:
        steps, batch, wide = inputs.shape
        gates = inputs.detach().contiguous()
        if not overwrite and gates.data_ptr() == inputs.data_ptr():
            gates = gates.clone()
        outputs = torch.empty(steps + 1, batch, wide // 4)
        cells = torch.empty(steps + 1, batch, wide // 4)
        squashed = torch.empty(steps, batch, wide // 4)
        outputs[0], cells[0] = hidden, cell
        arrays = (
            gates.numpy(),
            packed(weight.detach().t().numpy()),
            outputs.numpy(),
            cells.numpy(),
            squashed.numpy(),
        )
        _each_thread(window_forward, arrays, batch)
        ctx.save_for_backward(weight, gates, outputs, cells, squashed)
        last = cells[-1].clone()
        ctx.mark_non_differentiable(last)
        return outputs[1:], last

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, from_above: Tensor, _: Tensor) -> tuple[Tensor, Tensor, None, None, None]:
        weight, gates, outputs, cells, squashed = ctx.saved_tensors
        _, batch, wide = gates.shape
        gradient = torch.empty_like(gates)
        after, carried = torch.zeros(batch, wide // 4), torch.zeros(batch, wide // 4)
        arrays = (
            *(each.numpy() for each in (gates, cells, squashed, from_above.contiguous())),
            packed(weight.detach().numpy()),
            *(each.numpy() for each in (gradient, after, carried)),
        )
        _each_thread(window_backward, arrays, batch)
        of_weight = gradient.flatten(0, 1).t() @ outputs[:-1].flatten(0, 1)
        return gradient, of_weight, None, None, None


def _each_thread(work: Callable[..., None], arrays: tuple[NDArray[np.float32], ...], batch: int) -> None:
    """Deal the rows of a batch to as many threads as PyTorch uses; the bits don't depend on how many."""
    threads = min(torch.get_num_threads(), batch)
    ends = [batch * thread // threads for thread in range(threads + 1)]
    if threads == 1:
        work(*arrays, 0, batch)
        return
    with ThreadPoolExecutor(threads) as pool:
        done = [pool.submit(work, *arrays, first, last) for first, last in itertools.pairwise(ends)]
        for each in done:
            each.result()
