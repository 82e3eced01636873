import copy

import pytest
import torch
from torch import nn

from steelyard.agents.network import Architecture
from steelyard.agents.network.encoder import Encoder


def built(norm, layers=2, dropout=0.0):
    torch.manual_seed(0)
    return Encoder(
        Architecture(vocabulary=5, features=0, actions=3, width=16, norm=norm, dropout=dropout), layers=layers
    )


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_it_computes_what_pytorch_s_encoder_does(norm):
    encoder = built(norm)
    latents = torch.randn(6, 5, 16, generator=torch.Generator().manual_seed(1))
    present = torch.tensor([[True, True, True, False, False]]).expand(6, -1)
    theirs = nn.TransformerEncoder.forward(encoder, latents, src_key_padding_mask=~present)
    torch.testing.assert_close(encoder(latents, present), theirs, atol=2e-6, rtol=1e-5)


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_its_gradients_are_pytorch_s(norm):
    encoder = built(norm)
    latents = torch.randn(6, 5, 16, generator=torch.Generator().manual_seed(1))
    present = torch.rand(6, 5, generator=torch.Generator().manual_seed(2)) > 0.3
    present[:, 0] = True
    weights = list(encoder.parameters())
    slope = torch.randn(6, 5, 16, generator=torch.Generator().manual_seed(3)) * present.unsqueeze(-1)
    ours = torch.autograd.grad(encoder(latents, present), weights, slope)
    theirs = torch.autograd.grad(
        nn.TransformerEncoder.forward(encoder, latents, src_key_padding_mask=~present), weights, slope
    )
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, atol=2e-5, rtol=1e-4)


def test_layers_begin_with_different_weights():
    encoder = built("pre", layers=3)
    assert encoder.num_layers == len(encoder.layers) == 3
    for name in ("linear1.weight", "self_attn.in_proj_weight"):
        weights = [layer.get_parameter(name) for layer in encoder.layers]
        assert not torch.equal(weights[0], weights[1])
        assert not torch.equal(weights[1], weights[2])


def test_pytorch_s_own_layers_begin_as_copies():
    layer = nn.TransformerEncoderLayer(8, 2, batch_first=True, norm_first=True)
    theirs = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    assert torch.equal(theirs.layers[0].linear1.weight, theirs.layers[1].linear1.weight)


def test_dropout_acts_in_training_only():
    encoder = built("pre", dropout=0.5)
    latents = torch.randn(6, 5, 16)
    assert not torch.equal(encoder(latents), encoder(latents))
    encoder.eval()
    assert torch.equal(encoder(latents), encoder(latents))


def test_it_can_be_copied():
    encoder = built("pre")
    latents = torch.randn(2, 5, 16)
    assert torch.equal(copy.deepcopy(encoder)(latents), encoder(latents))
