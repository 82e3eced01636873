"""From the state to the outputs of every horizon: a linear layer, with an LSTM of the head's own before it if asked for."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class HorizonHead(nn.Module):
    """One head: for each horizon its own linear layer on the state, and one on what is known of the step that it forecasts.

    Args:
        state: width of the state.
        inputs: width of the step's own inputs, 0 when the head doesn't see them.
        known: width of what is known of the steps ahead, 0 to leave it out.
        horizon: how many steps ahead.
        outputs: how many a step.
        lstm: hidden size of an LSTM between state and linear layer; None for none.
    """

    def __init__(
        self, *, state: int, inputs: int, known: int, horizon: int, outputs: int, lstm: int | None
    ) -> None:
        super().__init__()
        self.lstm = None if lstm is None else nn.LSTM(state, lstm, batch_first=True)
        self.linear = nn.Linear((state if lstm is None else lstm) + inputs, horizon * outputs)
        self.target = nn.Linear(known, outputs, bias=False) if known else None
        self.horizon, self.outputs = horizon, outputs

    def begin(self, biases: Tensor) -> None:
        """Start, with small weights, from outputs that fit without inputs, shape (outputs,)."""
        with torch.no_grad():
            self.linear.weight.mul_(0.1)
            self.linear.bias.copy_(biases.repeat(self.horizon))
            if self.target is not None:
                self.target.weight.mul_(0.1)

    def states(self, states: Tensor) -> Tensor:
        """Return what the linear layer reads of the states, shape (batch, time, width)."""
        if self.lstm is None:
            return states
        own: Tensor = self.lstm(states)[0]
        return own

    def forward(self, features: Tensor, known: Tensor) -> Tensor:
        """Return outputs (..., horizon, outputs) from features (..., width) and what is known ahead (..., horizon, known)."""
        outputs: Tensor = self.linear(features).unflatten(-1, (self.horizon, self.outputs))
        return outputs if self.target is None else outputs + self.target(known)
