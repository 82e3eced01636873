"""A head: one more encoder layer, the mean over words, a linear map."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from steelyard.agents.network.architecture import Architecture
from steelyard.agents.network.encoder import Encoder
from steelyard.agents.network.pooling import masked_mean


class Head(nn.Module):
    """Turn a bag's latents into numbers: logits of actions, or a value.

    The mean over words stands before the linear map, not after it: the map is linear, so both come to the same. A mean, unlike a sum, keeps
    the size of what the map sees whatever the number of words; how many there are is seen by the share of each.

    Args:
        architecture: sizes; `head` says whether there is an encoder layer.
        outputs: how many numbers.
        gain: the linear map's initial weights are PyTorch's times this.

    Example:
        >>> head = Head(Architecture(vocabulary=4, features=0, actions=2, width=8), outputs=2)
        >>> outputs, latents = head(torch.randn(3, 5, 8), None)
        >>> outputs.shape, latents.shape
        (torch.Size([3, 2]), torch.Size([3, 5, 8]))
    """

    def __init__(self, architecture: Architecture, *, outputs: int, gain: float = 1.0) -> None:
        super().__init__()
        self.encoder = Encoder(architecture, layers=1) if architecture.head == "encoder" else None
        self.linear = nn.Linear(architecture.width, outputs)
        with torch.no_grad():
            self.linear.weight.mul_(gain)
            self.linear.bias.zero_()

    def forward(self, latents: Tensor, present: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the numbers, shape (batch, outputs), and the latents they are read from, shape (batch, n, width).

        Args:
            latents: shape (batch, n, width).
            present: bool, shape (batch, n), True where a word is; None: everywhere.
        """
        if self.encoder is not None:
            latents = self.encoder(latents, present)
        return self.linear(masked_mean(latents, present)), latents
