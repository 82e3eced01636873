"""A copy is probed: the model, its buffers and the random state stay as they were."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from steelyard.watch.recording.probe import cut_call, probe


def probed(model: nn.Module, inputs: Tensor) -> Any:
    call = cut_call((inputs,), {})
    assert call is not None
    found = probe(model, call)
    assert found is not None
    return found


class Over(nn.Module):
    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer, self.head = layer, nn.Linear(6, 1)

    def forward(self, x: Tensor) -> Tensor:
        out = self.layer(x)
        return self.head(out[0] if isinstance(out, tuple) else out)


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_recurrent_layers_that_take_the_batch_for_time(kind: Any) -> None:
    inputs = torch.randn(8, 5, 6)
    assert probed(Over(kind(6, 6)), inputs).crossed == ("layer",)
    assert probed(Over(kind(6, 6, batch_first=True)), inputs).crossed == ()


def test_attention_that_takes_the_batch_for_time() -> None:
    inputs = torch.randn(8, 5, 6)
    assert "layer" in probed(Over(nn.TransformerEncoderLayer(6, 2, 8)), inputs).crossed
    assert probed(Over(nn.TransformerEncoderLayer(6, 2, 8, batch_first=True)), inputs).crossed == ()


def test_a_transposed_input_is_not_crossed() -> None:
    class Transposed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.GRU(6, 6)

        def forward(self, x: Tensor) -> Tensor:
            return self.layer(x.transpose(0, 1))[0].transpose(0, 1)

    found = probed(Transposed(), torch.randn(8, 5, 6))
    assert (found.crossed, found.sequence_layers) == ((), 1)


def test_response() -> None:
    assert probed(nn.Linear(4, 1), torch.randn(16, 4)).response > 0.1
    blind = nn.Linear(4, 1)
    with torch.no_grad():
        blind.weight.zero_()
    assert probed(blind, torch.randn(16, 4)).response == 0
    assert np.isnan(probed(nn.Linear(4, 1), torch.ones(16, 4)).response)  # equal rows tell nothing


def test_dead_units_and_the_first_layer_that_is_not_finite() -> None:
    model = nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 1))
    with torch.no_grad():
        model[0].bias.fill_(-100.0)
    assert probed(model, torch.randn(16, 4)).dead == (("1", 1.0),)
    with torch.no_grad():
        model[2].weight.fill_(float("nan"))
    assert probed(model, torch.randn(16, 4)).first_not_finite == "2"


def test_model_and_random_state_stay() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 1))
    model.train()
    before = {name: each.clone() for name, each in model.state_dict().items()}
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    probed(model, torch.randn(16, 4, generator=torch.Generator().manual_seed(0)))
    assert all(torch.equal(each, before[name]) for name, each in model.state_dict().items())
    assert model.training
    assert model[2].training
    assert torch.equal(torch.get_rng_state(), states[0])
    assert random.getstate() == states[1]
    assert np.random.get_state()[1].tolist() == states[2]  # noqa: NPY002
    assert not any(module._forward_hooks for module in model.modules())


def test_calls_without_a_batch_are_not_kept() -> None:
    assert cut_call((), {}) is None
    assert cut_call((torch.randn(1, 4),), {}) is None
    call = cut_call((torch.randn(100, 4), "more"), {"mask": torch.ones(100), "scale": torch.tensor(2.0)})
    assert call is not None
    assert call.args[0].shape == (32, 4)
    assert call.kwargs["mask"].shape == (32,)
    assert call.args[1] == "more"
