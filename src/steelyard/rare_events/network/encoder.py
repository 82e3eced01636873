"""What reads the past: an LSTM behind a front, or nothing but the last steps themselves."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from steelyard.rare_events.features import SIGNALS
from steelyard.rare_events.network.architecture import Architecture
from steelyard.rare_events.network.front import make_front


class LstmEncoder(nn.Module):
    """A front and an LSTM; the state after each step knows that step's inputs and all before it."""

    def __init__(self, inputs: int, architecture: Architecture) -> None:
        super().__init__()
        self.front, width = make_front(architecture.front, inputs=inputs, hidden=architecture.hidden)
        self.lstm = nn.LSTM(width, architecture.hidden, batch_first=True)
        self.width = architecture.hidden

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the states, shape (batch, time, hidden), from inputs (batch, time, inputs)."""
        states: Tensor = self.lstm(self.front(inputs))[0]
        return states


class LagEncoder(nn.Module):
    """No memory at all: counts and events of the last steps side by side, so that linear heads make a regression on lags."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.lags = architecture.lags
        self.width = SIGNALS * architecture.lags

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the lags, shape (batch, time, 2 x lags), from inputs (batch, time, inputs)."""
        signals = inputs[..., :SIGNALS].transpose(1, 2)
        windows = pad(signals, (self.lags - 1, 0)).unfold(2, self.lags, 1)
        return torch.flatten(windows.transpose(1, 2), 2)


def make_encoder(inputs: int, architecture: Architecture) -> LstmEncoder | LagEncoder:
    """Return the encoder that an architecture asks for."""
    return LagEncoder(architecture) if architecture.encoder == "lags" else LstmEncoder(inputs, architecture)
