import torch
from torch import nn

from steelyard.watch.probes.traps import layers_begin_alike


def encoder(layers=3):
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    return nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)


def test_detects_copied_encoder_layers_and_names_them_once():
    found = layers_begin_alike(nn.Sequential(nn.Linear(8, 8), encoder()))
    assert (found.code, found.severity) == ("F11", "info")
    assert found.evidence == {"layers_alike": 3, "groups": 1}
    assert "1.layers.0, 1.layers.1, 1.layers.2" in found.meaning


def test_detects_copied_heads():
    made = nn.ModuleDict({"actor": nn.Linear(4, 2), "critic": nn.Linear(4, 2)})
    assert layers_begin_alike(made) is None
    made["critic"].load_state_dict(made["actor"].state_dict())
    assert "actor, critic" in layers_begin_alike(made, step=0).meaning


def test_does_not_flag_layers_of_their_own_shared_ones_or_constants():
    own = nn.ModuleList(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True) for _ in range(3))
    assert layers_begin_alike(own) is None
    shared = nn.Linear(3, 3)
    assert layers_begin_alike(nn.Sequential(shared, nn.ReLU(), shared)) is None
    tied = nn.ModuleDict({"one": nn.Linear(3, 3, bias=False), "other": nn.Linear(3, 3, bias=False)})
    tied["other"].weight = tied["one"].weight
    assert layers_begin_alike(tied) is None
    assert layers_begin_alike(nn.Sequential(nn.LayerNorm(4), nn.LayerNorm(4), nn.ReLU())) is None
    assert layers_begin_alike(nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 4))) is None


def test_a_step_of_training_ends_it():
    network = encoder(2)
    network(torch.randn(4, 3, 8, generator=torch.Generator().manual_seed(0))).square().mean().backward()
    torch.optim.SGD(network.parameters(), lr=0.1).step()
    assert layers_begin_alike(network) is None
