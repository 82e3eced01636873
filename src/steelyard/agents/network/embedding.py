"""A linear embedding of words: one-hot words and their features times one matrix."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class LinearEmbedding(nn.Module):
    """Turn each word of each bag into a vector, by one linear map of its one-hot code and its features.

    The map is `linear`, an `nn.Linear` of vocabulary + features inputs; the product with a one-hot code is looked up, not multiplied out.

    Args:
        vocabulary: different words.
        features: numbers that come with each word.
        width: of a vector.
        bias: whether one vector is added to every word.
        position: whether a code of the place in the list is added, too.

    Example:
        >>> embedding = LinearEmbedding(5, 0, 8, bias=False)
        >>> embedding(torch.tensor([[1, 4, 0]]), None).shape
        torch.Size([1, 3, 8])
    """

    def __init__(
        self, vocabulary: int, features: int, width: int, *, bias: bool, position: bool = False
    ) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.position = position
        self.linear = nn.Linear(vocabulary + features, width, bias=bias)

    def forward(self, words: Tensor, features: Tensor | None) -> Tensor:
        """Return the vectors, shape (batch, n, width).

        Args:
            words: shape (batch, n), int64.
            features: shape (batch, n, features), or None where there are none.
        """
        weight = self.linear.weight
        table = weight[:, : self.vocabulary].t()
        if self.linear.bias is not None:
            table = table + self.linear.bias
        embedded = functional.embedding(words, table)
        if features is not None and weight.shape[1] > self.vocabulary:
            embedded = embedded + functional.linear(features.to(weight.dtype), weight[:, self.vocabulary :])
        if self.position:
            embedded = embedded + position_code(words.shape[1], weight.shape[0]).to(embedded)
        return embedded


def position_code(length: int, width: int) -> Tensor:
    """Return Vaswani et al.'s (2017, section 3.5) code of places, shape (length, width): sines and cosines of falling frequency."""
    places = torch.arange(length, dtype=torch.float64).unsqueeze(1)
    rates = torch.exp(torch.arange(0, width, 2, dtype=torch.float64) * (-math.log(10_000.0) / width))
    code = torch.zeros(length, width, dtype=torch.float64)
    code[:, 0::2] = torch.sin(places * rates)
    code[:, 1::2] = torch.cos(places * rates[: width // 2])
    return code.float()
