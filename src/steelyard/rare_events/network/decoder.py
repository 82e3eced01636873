"""The second half of the autoencoder: from one embedding back to the steps that the encoder read."""

from __future__ import annotations

from torch import Tensor, nn

from steelyard.rare_events.features import SIGNALS


class Decoder(nn.Module):
    """An LSTM that gets the embedding at every step and says what was read, the latest step first.

    The order is reversed as in Srivastava, Mansimov and Salakhutdinov (2015, section 2.1): the last step read is the easiest to
    say first.

    Args:
        hidden: size of embedding and state.
    """

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(hidden, hidden, batch_first=True)
        self.linear = nn.Linear(hidden, SIGNALS)

    def forward(self, embedding: Tensor, *, steps: int) -> Tensor:
        """Return the steps before, shape (batch, steps, 2), latest first, from embeddings (batch, hidden)."""
        states = self.lstm(embedding[:, None].expand(-1, steps, -1))[0]
        said: Tensor = self.linear(states)
        return said
