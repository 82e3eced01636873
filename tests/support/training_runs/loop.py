"""One plain training loop that the scripts vary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

import steelyard
from steelyard.watch.report import Report

Batch = Callable[[torch.Generator], tuple[Tensor, Tensor]]
Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(kw_only=True)
class Script:
    """A training.

    Args:
        model: what is trained.
        batch: draws inputs and targets.
        loss: of outputs and targets.
        rate: learning rate of Adam.
        optimizer: instead of Adam over all parameters.
        steps: optimiser steps.
        zero_grad: whether gradients are cleared.
        schedule: learning rate factor by share of the run.
        validation: draws validation data, likewise.
        watch: options of `steelyard.watch`.
        each: called with the step, before it.
    """

    model: nn.Module
    batch: Batch
    loss: Loss
    rate: float = 3e-3
    optimizer: torch.optim.Optimizer | None = None
    steps: int = 300
    zero_grad: bool = True
    schedule: Callable[[float], float] | None = None
    validation: Batch | None = None
    watch: dict[str, Any] = field(default_factory=dict)
    each: Callable[[int], None] | None = None


def train(script: Script, *, seed: int) -> Report:
    """Train under watch, looking every second step, and return the report."""
    draws = torch.Generator().manual_seed(seed + 1)
    optimizer = script.optimizer or torch.optim.Adam(script.model.parameters(), lr=script.rate)
    rates = [group["lr"] for group in optimizer.param_groups]
    validation = (
        None if script.validation is None else script.validation(torch.Generator().manual_seed(seed + 2))
    )
    with steelyard.watch(
        script.model, optimizer, **{"every": 2, "live": False, "validation": validation, **script.watch}
    ) as watching:
        script.model.train()
        for step in range(script.steps):
            if script.each is not None:
                script.each(step)
            if script.schedule is not None:
                for group, rate in zip(optimizer.param_groups, rates, strict=True):
                    group["lr"] = rate * script.schedule(step / script.steps)
            inputs, targets = script.batch(draws)
            if script.zero_grad:
                optimizer.zero_grad()
            loss = script.loss(script.model(inputs), targets)
            loss.backward()
            optimizer.step()
            watching.step(loss, targets=targets)
    return watching.report()
