"""Tasks that the scripts train on: a batch is drawn anew each time, so training data are never seen twice."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training_runs.loop import Batch


def network(inputs: int, outputs: int, *, width: int = 32, dropout: float = 0.0) -> nn.Sequential:
    """Return a network of one hidden layer."""
    return nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Dropout(dropout), nn.Linear(width, outputs))


def classes(seed: int, *, number: int = 4, columns: int = 8, size: int = 64, noise: float = 1.0) -> Batch:
    """Return Gaussian clusters, one a class."""
    centres = 1.5 * torch.randn(number, columns, generator=torch.Generator().manual_seed(seed))

    def draw(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        labels = torch.randint(0, number, (size,), generator=generator)
        return centres[labels] + noise * torch.randn(size, columns, generator=generator), labels

    return draw


def events(seed: int, *, rate: float = 0.3, columns: int = 8, size: int = 64, signal: float = 2.0) -> Batch:
    """Return yes-or-no targets of shape (size, 1) whose log odds are linear in the inputs."""
    weights = torch.randn(columns, generator=torch.Generator().manual_seed(seed))
    weights = signal * weights / weights.norm()
    bias = torch.logit(torch.tensor(rate)) * (1 + signal / 4)

    def draw(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        inputs = torch.randn(size, columns, generator=generator)
        chance = torch.sigmoid(inputs @ weights + bias)
        return inputs, (torch.rand(size, generator=generator) < chance).float()[:, None]

    return draw


def numbers(seed: int, *, columns: int = 8, size: int = 64, noise: float = 0.3) -> Batch:
    """Return targets of shape (size, 1), a smooth function of the inputs with noise."""
    weights = torch.randn(columns, generator=torch.Generator().manual_seed(seed)) / columns**0.5

    def draw(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        inputs = torch.randn(size, columns, generator=generator)
        targets = torch.sin(2 * inputs @ weights) + noise * torch.randn(size, generator=generator)
        return inputs, targets[:, None]

    return draw


def returns(seed: int, *, columns: int = 8, size: int = 256, share: float = 0.02) -> Batch:
    """Return targets of which the inputs tell a small share of the variance, linearly."""
    weights = torch.randn(columns, generator=torch.Generator().manual_seed(seed))
    weights = weights / weights.norm() * (share / (1 - share)) ** 0.5

    def draw(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        inputs = torch.randn(size, columns, generator=generator)
        return inputs, (inputs @ weights + torch.randn(size, generator=generator))[:, None]

    return draw


def counting(*, size: int = 16, length: int = 12, words: int = 12) -> Batch:
    """Return sequences that count upwards modulo the number of words, with the next word as target."""

    def draw(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        first = torch.randint(0, words, (size, 1), generator=generator)
        every = (first + torch.arange(length + 1)) % words
        noisy = torch.where(
            torch.rand(every.shape, generator=generator) < 0.1,
            torch.randint(0, words, every.shape, generator=generator),
            every,
        )
        return noisy[:, :-1], noisy[:, 1:]

    return draw


class Tagger(nn.Module):
    """Reads words with an LSTM and says the next: (batch, time) -> (batch, time, words)."""

    def __init__(self, words: int = 12, *, batch_first: bool = True) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, 16)
        self.body = nn.LSTM(16, 24, batch_first=batch_first)
        self.head = nn.Linear(24, words)

    def forward(self, words: Tensor) -> Tensor:
        return self.head(self.body(self.embedding(words))[0])
