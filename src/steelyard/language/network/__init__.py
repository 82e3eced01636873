"""Embedding, LSTM and softmax, with their gradients: what guesses the next token."""

from steelyard.language.network.architecture import Architecture, OutputStart
from steelyard.language.network.cross_entropy import chunked_cross_entropy, token_nats
from steelyard.language.network.network import LanguageNetwork, State
from steelyard.language.network.recurrence import recur

__all__ = [
    "Architecture",
    "LanguageNetwork",
    "OutputStart",
    "State",
    "chunked_cross_entropy",
    "recur",
    "token_nats",
]
