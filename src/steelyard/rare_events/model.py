"""The network: one LSTM reads the past, and every head reads the LSTM."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SharedEncoder(nn.Module):
    """An LSTM over standardised inputs; each head is a linear layer on its state and on the step's own inputs.

    The direct path from the inputs makes a generalised linear model of the recent past the least that the network can be.

    Args:
        inputs: number of inputs a step.
        hidden: size of the LSTM's state.
        heads: outputs of each head.
        dropout: share of the state dropped before the heads while training.
        seed: of the initial weights; the global generator isn't touched.
    """

    centre: Tensor
    spread: Tensor

    def __init__(
        self, *, inputs: int, hidden: int, heads: tuple[int, ...], dropout: float, seed: int
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            super().__init__()
            self.encoder = nn.LSTM(inputs, hidden, batch_first=True)
            self.heads = nn.ModuleList(nn.Linear(hidden + inputs, outputs) for outputs in heads)
        self.dropout = dropout
        self.register_buffer("centre", torch.zeros(inputs))
        self.register_buffer("spread", torch.ones(inputs))

    def standardise(self, past: Tensor) -> None:
        """Set centre and spread of the inputs from those it is trained on, shape (steps, inputs)."""
        self.centre.copy_(past.mean(0))
        spread = past.std(0)
        self.spread.copy_(torch.where(spread > 1e-6, spread, 1.0))

    def begin(self, biases: Tensor) -> None:
        """Start the heads, with small weights, from outputs that fit without inputs, shape (outputs,)."""
        first = 0
        with torch.no_grad():
            for head in self.heads:
                assert isinstance(head, nn.Linear)
                head.weight.mul_(0.1)
                head.bias.copy_(biases[first : first + head.out_features])
                first += head.out_features

    def forward(self, inputs: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
        """Return the outputs of all heads side by side, shape (batch, time, outputs).

        Args:
            inputs: not standardised yet, shape (batch, time, inputs).
            generator: draws the dropout while training; None drops nothing.
        """
        scaled = (inputs - self.centre) / self.spread
        state, _ = self.encoder(scaled)
        if generator is not None and self.dropout > 0:
            keep = torch.rand(state.shape, generator=generator, device=state.device) >= self.dropout
            state = state * keep / (1 - self.dropout)
        features = torch.cat([state, scaled], dim=-1)
        return torch.cat([head(features) for head in self.heads], dim=-1)
