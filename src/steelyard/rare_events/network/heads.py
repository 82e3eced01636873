"""From the state to the outputs of every horizon: a linear layer, with an LSTM of the head's own before it if asked for."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Mixer(nn.Module):
    """What a known covariate does may depend on the state: one tanh layer over both, for the step that is forecast."""

    def __init__(self, width: int, known: int, *, units: int, outputs: int) -> None:
        super().__init__()
        self.state = nn.Linear(width, units)
        self.ahead = nn.Linear(known, units, bias=False)
        self.out = nn.Linear(units, outputs, bias=False)

    def forward(self, features: Tensor, known: Tensor) -> Tensor:
        """Return outputs (..., horizon, outputs) from features (..., width) and what is known ahead (..., horizon, known)."""
        mixed: Tensor = self.out(torch.tanh(self.state(features).unsqueeze(-2) + self.ahead(known)))
        return mixed


class HorizonHead(nn.Module):
    """One head: for each horizon its own linear layer on the state, and one on what is known of the step that it forecasts.

    Args:
        state: width of the state.
        inputs: width of the step's own inputs, 0 when the head doesn't see them.
        known: width of what is known of the steps ahead, 0 to leave it out.
        horizon: how many steps ahead.
        outputs: how many a step.
        lstm: hidden size of an LSTM between state and linear layer; None for none.
        mixed: units of a layer that reads the state and what is known of the step together; None for none.
    """

    def __init__(
        self,
        *,
        state: int,
        inputs: int,
        known: int,
        horizon: int,
        outputs: int,
        lstm: int | None,
        mixed: int | None = None,
    ) -> None:
        super().__init__()
        self.lstm = None if lstm is None else nn.LSTM(state, lstm, batch_first=True)
        width = (state if lstm is None else lstm) + inputs
        self.linear = nn.Linear(width, horizon * outputs)
        self.target = nn.Linear(known, outputs, bias=False) if known else None
        self.mixer = Mixer(width, known, units=mixed, outputs=outputs) if known and mixed else None
        self.horizon, self.outputs = horizon, outputs

    def begin(self, biases: Tensor) -> None:
        """Start, with small weights, from outputs that fit without inputs, shape (outputs,)."""
        with torch.no_grad():
            self.linear.weight.mul_(0.1)
            self.linear.bias.copy_(biases.repeat(self.horizon))
            if self.target is not None:
                self.target.weight.mul_(0.1)
            if self.mixer is not None:
                self.mixer.out.weight.mul_(0.1)

    def states(self, states: Tensor) -> Tensor:
        """Return what the linear layer reads of the states, shape (batch, time, width)."""
        if self.lstm is None:
            return states
        own: Tensor = self.lstm(states)[0]
        return own

    def forward(self, features: Tensor, known: Tensor) -> Tensor:
        """Return outputs (..., horizon, outputs) from features (..., width) and what is known ahead (..., horizon, known)."""
        outputs: Tensor = self.linear(features).unflatten(-1, (self.horizon, self.outputs))
        if self.target is not None:
            outputs = outputs + self.target(known)
        return outputs if self.mixer is None else outputs + self.mixer(features, known)
