"""What the inputs pass before the encoder: nothing, a dense layer, or a convolution over the last week."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.functional import pad, relu

from steelyard.rare_events.network.architecture import Front

KERNEL = 7
"""Steps that the convolution sees."""


class DenseFront(nn.Module):
    """The same dense layer with ReLU at every step."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.layer = nn.Linear(inputs, hidden)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return shape (batch, time, hidden) from (batch, time, inputs)."""
        return relu(self.layer(inputs))


class ConvolutionFront(nn.Module):
    """A convolution over the last `KERNEL` steps with ReLU; it sees nothing of later steps."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.layer = nn.Conv1d(inputs, hidden, KERNEL)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return shape (batch, time, hidden) from (batch, time, inputs)."""
        return relu(self.layer(pad(inputs.transpose(1, 2), (KERNEL - 1, 0)))).transpose(1, 2)


def make_front(front: Front, *, inputs: int, hidden: int) -> tuple[nn.Module, int]:
    """Return a front and how many values a step it hands on."""
    match front:
        case "none":
            return nn.Identity(), inputs
        case "dense":
            return DenseFront(inputs, hidden), hidden
        case "cnn":
            return ConvolutionFront(inputs, hidden), hidden
