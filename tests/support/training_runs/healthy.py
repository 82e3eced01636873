"""Healthy trainings, most with something that is often taken for a fault."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as f

from training_runs.loop import Script
from training_runs.tasks import Tagger, classes, counting, events, network, numbers, returns

bce = f.binary_cross_entropy_with_logits


def _words(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return f.cross_entropy(outputs.flatten(0, 1), targets.flatten())


def _frozen_body() -> Script:
    model = network(8, 4, width=64)
    model[0].requires_grad_(False)
    optimizer = torch.optim.Adam(model[3].parameters(), lr=1e-2)
    return Script(
        model=model, batch=classes(3), loss=f.cross_entropy, optimizer=optimizer, watch={"frozen": ["0"]}
    )


def _batch_norm() -> nn.Sequential:
    return nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4))


def _pretrained(seed: int) -> Script:
    model, batch = network(8, 4), classes(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    draws = torch.Generator().manual_seed(99)
    for _ in range(200):
        inputs, targets = batch(draws)
        optimizer.zero_grad()
        f.cross_entropy(model(inputs), targets).backward()
        optimizer.step()
    return Script(model=model, batch=batch, loss=f.cross_entropy, rate=1e-4)


def _autoencoder() -> Script:
    basis = torch.randn(3, 12, generator=torch.Generator().manual_seed(5))

    def draw(generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        inputs = torch.randn(64, 3, generator=generator) @ basis + 0.1 * torch.randn(
            64, 12, generator=generator
        )
        return inputs, inputs

    return Script(model=network(12, 12, width=16), batch=draw, loss=f.mse_loss, steps=400)


def _zero_inflated(seed: int) -> Script:
    draw = events(seed, rate=0.2)

    def amounts(generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        inputs, happened = draw(generator)
        return inputs, happened * (1 + inputs[:, :1].abs())

    return Script(model=network(8, 1), batch=amounts, loss=f.mse_loss, steps=400)


HEALTHY: dict[str, Callable[[int], Script]] = {
    "classes, constant rate": lambda s: Script(model=network(8, 4), batch=classes(s), loss=f.cross_entropy),
    "classes, cosine to 0": lambda s: Script(
        model=network(8, 4),
        batch=classes(s),
        loss=f.cross_entropy,
        schedule=lambda t: (1 + math.cos(math.pi * t)) / 2,
    ),
    "classes, solved": lambda s: Script(
        model=network(8, 4), batch=classes(s, noise=0.05), loss=f.cross_entropy, rate=1e-2, steps=400
    ),
    "classes, label smoothing": lambda s: Script(
        model=network(8, 4), batch=classes(s), loss=nn.CrossEntropyLoss(label_smoothing=0.1)
    ),
    "classes, heavy dropout": lambda s: Script(
        model=network(8, 4, width=128, dropout=0.7), batch=classes(s), loss=f.cross_entropy, steps=400
    ),
    "classes, batch norm, validation": lambda s: Script(
        model=_batch_norm(), batch=classes(s), loss=f.cross_entropy, validation=classes(s, size=512)
    ),
    "classes, declared frozen body": lambda s: _frozen_body(),
    "classes, fine-tuned": _pretrained,
    "classes, SGD with momentum": lambda s: _with_sgd(
        Script(model=network(8, 4), batch=classes(s), loss=f.cross_entropy)
    ),
    "events, 30%": lambda s: Script(model=network(8, 1), batch=events(s), loss=bce),
    "events, 1%": lambda s: Script(
        model=network(8, 1), batch=events(s, rate=0.01, size=256, signal=3.0), loss=bce, steps=500
    ),
    "events, weak signal": lambda s: Script(
        model=network(8, 1, width=8), batch=events(s, signal=0.6, size=128), loss=bce, steps=400
    ),
    "numbers": lambda s: Script(model=network(8, 1), batch=numbers(s), loss=f.mse_loss),
    "returns, 2% of the variance foreseeable": lambda s: Script(
        model=nn.Linear(8, 1), batch=returns(s), loss=f.mse_loss, rate=3e-3, steps=600
    ),
    "numbers, absolute error": lambda s: Script(model=network(8, 1), batch=numbers(s), loss=f.l1_loss),
    "amounts, mostly zero": _zero_inflated,
    "words": lambda s: Script(model=Tagger(), batch=counting(), loss=_words, rate=1e-2),
    "autoencoder": lambda s: _autoencoder(),
}
"""Name -> the script of a seed."""


def _with_sgd(script: Script) -> Script:
    script.optimizer = torch.optim.SGD(script.model.parameters(), lr=0.05, momentum=0.9)
    return script
