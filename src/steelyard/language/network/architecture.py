"""The sizes and switches of a language network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from steelyard.errors import InputError

OutputStart = Literal["uniform", "unigram", "large"]
"""What an untrained network guesses: all tokens alike, each as often as it occurs, or confident nonsense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """What a language network is made of: embedding, LSTM layers, softmax.

    Args:
        size: tokens of the vocabulary, special ones included.
        embedding: features of a token before the first layer; None: one-hot vectors go into it (char-rnn's way).
        hidden: features of each layer's output.
        layers: LSTM layers on each other.
        dropout: share of the features dropped between layers and before the softmax, in [0, 1) (Zaremba et al. 2014: never from step
            to step).
        embedding_dropout: share of the features dropped from the embedding, in [0, 1).
        weight_dropout: share of the weights between a layer's steps that are dropped for a whole window, in [0, 1) (Merity et al. 2018, section
            2, "weight-dropped LSTM").
        tied: the softmax's weights are the embedding's (Press and Wolf 2017); `embedding` must equal `hidden`.
        spread: weights start uniform in [-spread, spread]; None: PyTorch's starts: uniform in plus or minus 1 / sqrt(hidden), embeddings N(0, 1), or
            N(0, 1 / features) where they are the softmax's too.
        output_start: what the untrained network guesses.

    Raises:
        InputError: a value outside its range.

    Example:
        >>> Architecture(size=100, embedding=32, hidden=32, tied=True).layers
        1
    """

    size: int
    embedding: int | None = 128
    hidden: int = 256
    layers: int = 1
    dropout: float = 0.0
    embedding_dropout: float = 0.0
    weight_dropout: float = 0.0
    tied: bool = False
    spread: float | None = None
    output_start: OutputStart = "uniform"

    def __post_init__(self) -> None:
        for name in ("size", "hidden", "layers"):
            if getattr(self, name) < 1:
                raise InputError(f"`{name}` must be at least 1, but got {getattr(self, name)}")
        if self.embedding is not None and self.embedding < 1:
            raise InputError(
                f"`embedding` must be at least 1, or None for one-hot vectors, but got {self.embedding}"
            )
        for name in ("dropout", "embedding_dropout", "weight_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise InputError(f"`{name}` must lie in [0, 1), but got {getattr(self, name)}")
        if self.tied and self.embedding != self.hidden:
            raise InputError(
                f"`embedding` must equal `hidden` where weights are tied, but got {self.embedding} and {self.hidden}; set both to one size"
            )
        if self.spread is not None and not 0 < self.spread <= 1:
            raise InputError(f"`spread` must lie in (0, 1], but got {self.spread}")
        if self.output_start not in get_args(OutputStart):
            raise InputError(
                f"`output_start` must be one of {', '.join(get_args(OutputStart))}, but got {self.output_start!r}"
            )
