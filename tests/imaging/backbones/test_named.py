import sys
import types

import pytest
import torch
from torch import nn

from steelyard.errors import InputError, MissingExtraError
from steelyard.imaging.backbones import SmallNet, make_backbone
from steelyard.imaging.densenet import DenseNet


def test_by_name_and_by_seed():
    before = torch.get_rng_state()
    first, again, other = (make_backbone("small:4", outputs=2, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first.classifier.weight, again.classifier.weight)
    assert not torch.equal(first.classifier.weight, other.classifier.weight)
    assert isinstance(first, SmallNet)
    assert isinstance(make_backbone("densenet121", outputs=2, seed=0), DenseNet)


@pytest.mark.parametrize(("name", "parameters"), [("densenet169", 14_149_480), ("densenet201", 20_013_928)])
def test_larger_densenets_have_the_published_sizes(name, parameters):
    network = make_backbone(name, outputs=1000, seed=0)
    assert sum(each.numel() for each in network.parameters()) == parameters


@pytest.mark.parametrize("name", ["resnet", "small:0", "small:x", "timm:", ""])
def test_other_names_are_refused(name):
    with pytest.raises(InputError, match="`backbone` must be one of"):
        make_backbone(name, outputs=2, seed=0)


def test_timm_that_is_missing_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(MissingExtraError, match=r"steelyard\[timm\]"):
        make_backbone("timm:resnet18", outputs=2, seed=0)


class Body(nn.Module):
    """What timm gives with `num_classes=0, global_pool=""`."""

    num_features = 6

    def __init__(self, *, tokens):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, stride=2)
        self.tokens = tokens

    def forward(self, images):
        maps = self.conv(images)
        return maps.flatten(2).transpose(1, 2) if self.tokens else maps


@pytest.fixture
def timm(monkeypatch):
    asked = []

    def create_model(name, **given):
        asked.append((name, given))
        if name not in {"net", "transformer"}:
            raise RuntimeError("Unknown model")
        return Body(tokens=name == "transformer")

    module = types.ModuleType("timm")
    module.create_model = create_model
    monkeypatch.setitem(sys.modules, "timm", module)
    return asked


def test_a_network_of_timm_gets_our_head(timm):
    network = make_backbone("timm:net", outputs=5, seed=0, pretrained=True).eval()
    assert timm == [("net", {"pretrained": True, "num_classes": 0, "global_pool": ""})]
    images = torch.rand(2, 3, 17, 17)
    with torch.no_grad():
        pooled = network.feature_maps(images).mean((2, 3))
        torch.testing.assert_close(network(images), network.classifier(pooled))
    assert network(images).shape == (2, 5)


def test_a_transformer_of_timm_predicts_but_has_no_maps(timm):
    network = make_backbone("timm:transformer", outputs=5, seed=0).eval()
    assert network(torch.rand(2, 3, 17, 17)).shape == (2, 5)
    with pytest.raises(InputError, match="choose a convolutional backbone"):
        network.feature_maps(torch.rand(2, 3, 17, 17))
    with pytest.raises(InputError, match="a name that timm knows"):
        make_backbone("timm:other", outputs=5, seed=0)
