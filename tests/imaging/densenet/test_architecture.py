import re

import pytest
import torch

from steelyard.errors import InputError
from steelyard.imaging.densenet import DenseNet


def expected_shapes():
    """Names and shapes of torchvision's densenet121, written from Huang et al. (2017, table 1) and its naming."""
    shapes = {"features.conv0.weight": (64, 3, 7, 7)}

    def norm(name, maps):
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{name}.{part}"] = (maps,)
        shapes[f"{name}.num_batches_tracked"] = ()

    norm("features.norm0", 64)
    maps = 64
    for block, layers in enumerate((6, 12, 24, 16), start=1):
        for layer in range(1, layers + 1):
            name = f"features.denseblock{block}.denselayer{layer}"
            norm(f"{name}.norm1", maps)
            shapes[f"{name}.conv1.weight"] = (128, maps, 1, 1)
            norm(f"{name}.norm2", 128)
            shapes[f"{name}.conv2.weight"] = (32, 128, 3, 3)
            maps += 32
        if block < 4:
            norm(f"features.transition{block}.norm", maps)
            shapes[f"features.transition{block}.conv.weight"] = (maps // 2, maps, 1, 1)
            maps //= 2
    norm("features.norm5", maps)
    shapes["classifier.weight"], shapes["classifier.bias"] = (1000, maps), (1000,)
    return shapes


def test_names_and_shapes_are_torchvisions():
    state = DenseNet().state_dict()
    assert {name: tuple(tensor.shape) for name, tensor in state.items()} == expected_shapes()
    assert list(state) == list(expected_shapes())


@pytest.mark.parametrize(("outputs", "parameters"), [(1000, 7_978_856), (14, 6_968_206)])
def test_the_published_number_of_parameters(outputs, parameters):
    assert sum(each.numel() for each in DenseNet(outputs=outputs).parameters()) == parameters


def test_a_forward_pass_is_what_the_paper_says():
    torch.manual_seed(0)
    network = DenseNet(outputs=2, blocks=(2, 1), growth=4, stem=6).eval()
    images = torch.rand(2, 3, 64, 64)
    state = network.state_dict()

    def norm(maps, name):
        parts = (state[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
        mean, variance, weight, bias = (part[:, None, None] for part in parts)
        return torch.relu((maps - mean) / (variance + 1e-5).sqrt() * weight + bias)

    def conv(maps, name, **given):
        return torch.conv2d(maps, state[f"{name}.weight"], **given)

    maps = norm(conv(images, "features.conv0", stride=2, padding=3), "features.norm0")
    maps = torch.max_pool2d(maps, 3, 2, 1)
    for block, layers in ((1, 2), (2, 1)):
        for layer in range(1, layers + 1):
            name = f"features.denseblock{block}.denselayer{layer}"
            new = conv(norm(maps, f"{name}.norm1"), f"{name}.conv1")
            maps = torch.cat([maps, conv(norm(new, f"{name}.norm2"), f"{name}.conv2", padding=1)], 1)
        if block == 1:
            maps = conv(norm(maps, "features.transition1.norm"), "features.transition1.conv")
            maps = torch.nn.functional.avg_pool2d(maps, 2)
    features = norm(maps, "features.norm5")
    logits = features.mean((2, 3)) @ state["classifier.weight"].T + state["classifier.bias"]
    with torch.no_grad():
        torch.testing.assert_close(network.feature_maps(images), features)
        torch.testing.assert_close(network(images), logits)


def test_every_parameter_learns():
    network = DenseNet(outputs=3, blocks=(2, 2), growth=4, stem=8)
    network(torch.rand(4, 3, 64, 64)).square().sum().backward()
    assert all(each.grad is not None and each.grad.abs().sum() > 0 for each in network.parameters())


def test_too_small_images_are_refused():
    network = DenseNet(outputs=2).eval()
    with torch.no_grad():
        assert network(torch.rand(1, 3, 29, 29)).shape == (1, 2)
    with pytest.raises(InputError, match=re.escape("at least 29 pixels a side, but got 40x28")):
        network(torch.rand(1, 3, 40, 28))


@pytest.mark.parametrize("wrong", [{"outputs": 0}, {"growth": 0}, {"blocks": ()}, {"blocks": (2, 0)}])
def test_impossible_sizes_are_refused(wrong):
    with pytest.raises(InputError, match="must be at least 1"):
        DenseNet(**wrong)
