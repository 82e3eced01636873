"""The network and its parts: front, encoder, heads, and the decoder of an autoencoder."""

from steelyard.rare_events.network.architecture import Architecture
from steelyard.rare_events.network.network import Network

__all__ = ["Architecture", "Network"]
