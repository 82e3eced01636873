"""An LSTM layer over a window of steps, with its gradient: PyTorch's matrix products, our own work between them.

PyTorch's LSTM on a CPU passes over memory a dozen times a step for the gates and as often for their gradients, and computes the part of the
gates that comes from the input for every token. Here one pass does the gates, one their gradients, and the caller may hand in a table
(token -> its part of the gates), which for characters makes that part free.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from steelyard.language.network.cell import step_backward, step_forward

State = tuple[Tensor, Tensor]


def recur(inputs: Tensor, weight: Tensor, state: State) -> tuple[Tensor, State]:
    """Return the outputs of an LSTM layer and the state it ends in; single precision, on a CPU.

    Args:
        inputs: what goes into the gates i, f, g, o from the layer's input and biases, shape (steps, batch, 4 hidden).
        weight: what the gates take from the output before, shape (4 hidden, hidden), as `nn.LSTM.weight_hh_l0`.
        state: output and cell before the first step, each of shape (batch, hidden). No gradient flows into it.

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
    outputs, cell = _Recurrence.apply(inputs, weight, *state)  # type: ignore[no-untyped-call] # torch has no annotation
    return outputs, (outputs[-1].detach(), cell)


class _Recurrence(torch.autograd.Function):
    """The layer as one node of the graph."""

    @staticmethod
    def forward(
        ctx: Any, inputs: Tensor, weight: Tensor, hidden: Tensor, cell: Tensor
    ) -> tuple[Tensor, Tensor]:
        steps, batch, wide = inputs.shape
        size = wide // 4
        gates = inputs.detach().clone(memory_format=torch.contiguous_format)
        outputs = torch.empty(steps + 1, batch, size)
        cells = torch.empty(steps + 1, batch, size)
        squashed = torch.empty(steps, batch, size)
        outputs[0], cells[0] = hidden, cell
        into = weight.detach().t().contiguous()
        shown, kept, flat, gate = outputs.numpy(), cells.numpy(), squashed.numpy(), gates.numpy()
        for step in range(steps):
            gates[step].addmm_(outputs[step], into)
            step_forward(gate[step], kept[step], kept[step + 1], flat[step], shown[step + 1])
        ctx.save_for_backward(weight, gates, outputs, cells, squashed)
        last = cells[-1].clone()
        ctx.mark_non_differentiable(last)
        return outputs[1:], last

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator] # torch has no annotation
    def backward(ctx: Any, from_above: Tensor, _: Tensor) -> tuple[Tensor, Tensor, None, None]:
        weight, gates, outputs, cells, squashed = ctx.saved_tensors
        steps, batch, wide = gates.shape
        gradient = torch.empty_like(gates)
        after, carried = torch.zeros(batch, wide // 4), torch.zeros(batch, wide // 4)
        weight = weight.detach()
        gate, kept, flat = gates.numpy(), cells.numpy(), squashed.numpy()
        above, found = from_above.contiguous().numpy(), gradient.numpy()
        rest, cell = after.numpy(), carried.numpy()
        for step in reversed(range(steps)):
            step_backward(gate[step], kept[step], flat[step], above[step], rest, cell, found[step])
            torch.mm(gradient[step], weight, out=after)
        of_weight = gradient.flatten(0, 1).t() @ outputs[:-1].flatten(0, 1)
        return gradient, of_weight, None, None
