"""Optimiser steps: what is counted, with accumulation, two optimisers, and hooks that leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from steelyard.watch.recording.frozen import Frozen
from steelyard.watch.recording.optimizers import OptimizerRecorder


def run(
    *, clear: Callable[[torch.optim.Optimizer, str], None], micro: int = 1, steps: int = 10, rate: float = 0.1
) -> OptimizerRecorder:
    """Train a line; `clear` is called before, between and after, and clears where it wants to."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    recorder = OptimizerRecorder(model, [optimizer], frozen=Frozen(model, ()), guard=lambda look: look())
    for step in range(1, steps + 1):
        recorder.step = step
        recorder.arm()
        clear(optimizer, "before")
        for _ in range(micro):
            loss = model(torch.randn(8, 3)).square().mean()
            clear(optimizer, "between")
            loss.backward()
        optimizer.step()
        clear(optimizer, "after")
    return recorder


@pytest.mark.parametrize("place", ["before", "between", "after"])
@pytest.mark.parametrize("to_none", [True, False])
def test_cleared_gradients_are_fresh_wherever_they_are_cleared(place: str, to_none: bool) -> None:
    recorder = run(clear=lambda o, at: o.zero_grad(set_to_none=to_none) if at == place else None)
    wiring = recorder.wiring()
    assert wiring.accumulations == 9
    assert wiring.stale == 0


def test_accumulation_within_a_step_is_not_stale() -> None:
    recorder = run(clear=lambda o, at: o.zero_grad() if at == "before" else None, micro=4)
    assert recorder.wiring().stale == 0


def test_gradients_that_are_never_cleared_are_stale() -> None:
    wiring = run(clear=lambda o, at: None).wiring()
    assert (wiring.accumulations, wiring.stale) == (9, 9)


def test_updates_are_those_of_the_optimiser() -> None:
    recorder = run(clear=lambda o, at: o.zero_grad() if at == "before" else None, steps=3, rate=0.0)
    updates = recorder.updates()
    assert updates is not None
    assert updates.ratios[:, 0].tolist() == [0, 0, 0]
    assert updates.lost[:, 0].tolist() == [1, 1, 1]
    moving = run(clear=lambda o, at: o.zero_grad() if at == "before" else None, steps=3, rate=0.1).updates()
    assert moving is not None
    assert (moving.ratios[:, 0] > 0).all()
    assert (moving.lost[:, 0] == 0).all()
    assert moving.rates.tolist() == [0.1] * 3


def test_an_update_below_rounding_is_lost() -> None:
    model = nn.Linear(4, 1, bias=False).to(torch.bfloat16)
    with torch.no_grad():
        model.weight.fill_(1.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    recorder = OptimizerRecorder(model, [optimizer], frozen=Frozen(model, ()), guard=lambda look: look())
    recorder.arm()
    model(torch.ones(2, 4, dtype=torch.bfloat16)).sum().backward()
    optimizer.step()
    updates = recorder.updates()
    assert updates is not None
    assert updates.lost.tolist() == [[1.0]]
    assert updates.sixteen_bits == (True,)


def test_two_optimisers_and_a_parameter_of_neither() -> None:
    model = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 1)])
    optimizers = [torch.optim.SGD(model[i].parameters(), lr=0.1) for i in (0, 1)]
    recorder = OptimizerRecorder(
        model, optimizers, frozen=Frozen(model, ["2.bias"]), guard=lambda look: look()
    )
    wiring = recorder.wiring()
    assert [each.in_optimizer for each in wiring.parameters] == [True] * 4 + [False] * 2
    assert [each.declared_frozen for each in wiring.parameters] == [False] * 5 + [True]
    assert wiring.optimizers == 2


def test_a_shared_parameter_is_one_parameter() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    model[1].weight = model[0].weight
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    recorder = OptimizerRecorder(model, [optimizer], frozen=Frozen(model, ()), guard=lambda look: look())
    assert [each.name for each in recorder.wiring().parameters] == ["0.weight", "0.bias", "1.bias"]


def test_the_first_gradient_that_is_not_finite_is_named() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    recorder = OptimizerRecorder(model, [optimizer], frozen=Frozen(model, ()), guard=lambda look: look())
    recorder.step = 7
    recorder.arm()
    (model(torch.ones(1, 2)) * torch.inf).sum().backward()
    optimizer.step()
    wiring = recorder.wiring()
    assert (wiring.first_not_finite, wiring.first_not_finite_step) == ("0.weight", 7)


def test_sparse_gradients_are_counted() -> None:
    model = nn.EmbeddingBag(10, 2, sparse=True, mode="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    recorder = OptimizerRecorder(model, [optimizer], frozen=Frozen(model, ()), guard=lambda look: look())
    recorder.arm()
    model(torch.tensor([[1, 2]])).sum().backward()
    optimizer.step()
    assert recorder.wiring().parameters[0].moved == 1


def test_hooks_leave() -> None:
    model = nn.Linear(2, 1)
    optimizer: Any = torch.optim.SGD(model.parameters(), lr=0.1)
    recorder = OptimizerRecorder(model, [optimizer], frozen=Frozen(model, ()), guard=lambda look: look())
    recorder.arm()
    recorder.close()
    assert not optimizer._optimizer_step_pre_hooks
    assert not optimizer._optimizer_step_post_hooks
    assert not any(each._backward_hooks for each in model.parameters())
