"""A trained DenseNet made ready to predict: fewer passes over memory, the same outputs up to rounding."""

from __future__ import annotations

import copy

from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from steelyard.imaging.densenet.architecture import DenseBlock, DenseLayer, DenseNet


class FusedDenseNet(nn.Module):
    """A copy of a network that predicts only: batch norms that follow a convolution are folded into it.

    A block's maps are written once into one array that all its layers read, where the usual form copies them for every layer.

    Args:
        network: trained; it is left as it is.

    Example:
        >>> import torch
        >>> network = DenseNet(outputs=3, blocks=(2, 2), growth=8, stem=8).eval()
        >>> images = torch.rand(2, 3, 64, 64)
        >>> with torch.no_grad():
        ...     torch.allclose(FusedDenseNet(network)(images), network(images), atol=1e-5)
        True
    """

    def __init__(self, network: DenseNet) -> None:
        super().__init__()
        stages = dict(copy.deepcopy(network.features).eval().named_children())
        self.stem = _folded(stages["conv0"], stages["norm0"])
        self.blocks = nn.ModuleList(
            _FusedBlock(block) for name, block in stages.items() if name.startswith("denseblock")
        )
        self.transitions = nn.ModuleList(
            stage for name, stage in stages.items() if name.startswith("transition")
        )
        self.last_norm = stages["norm5"]
        self.classifier = copy.deepcopy(network.classifier)
        self.requires_grad_(False)
        self.eval()

    def feature_maps(self, images: Tensor) -> Tensor:
        """Return the last maps, as `DenseNet.feature_maps`."""
        maps = functional.relu(self.stem(images), inplace=True)
        maps = functional.max_pool2d(maps, kernel_size=3, stride=2, padding=1)
        for nth, block in enumerate(self.blocks):
            maps = block(maps)
            if nth + 1 < len(self.blocks):
                # A 1x1 convolution and a mean over 2x2 pixels may change places; the mean first is a quarter of the work.
                norm, relu, conv, pool = self.transitions[nth].children()
                maps = conv(pool(relu(norm(maps))))
        return functional.relu(self.last_norm(maps), inplace=True)

    def forward(self, images: Tensor) -> Tensor:
        """Return the head's outputs, logits, shape (images, outputs)."""
        out: Tensor = self.classifier(self.feature_maps(images).mean(dim=(2, 3)))
        return out


class _FusedBlock(nn.Module):
    """A dense block whose layers write into one array."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        assert isinstance(block, DenseBlock)
        self.growth = block.growth
        self.layers = nn.ModuleList(_FusedLayer(layer) for layer in block.children())

    def forward(self, maps: Tensor) -> Tensor:
        given = maps.shape[1]
        growth = self.growth
        whole = maps.new_empty((len(maps), given + len(self.layers) * growth, *maps.shape[2:]))
        whole[:, :given] = maps
        for nth, layer in enumerate(self.layers):
            have = given + nth * growth
            whole[:, have : have + growth] = layer(whole[:, :have])
        return whole


class _FusedLayer(nn.Module):
    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        assert isinstance(layer, DenseLayer)
        self.norm = layer.norm1
        self.reduce = _folded(layer.conv1, layer.norm2)
        self.grow = layer.conv2

    def forward(self, maps: Tensor) -> Tensor:
        between = self.reduce(functional.relu(self.norm(maps), inplace=True))
        out: Tensor = self.grow(functional.relu(between, inplace=True))
        return out


def _folded(conv: nn.Module, norm: nn.Module) -> nn.Conv2d:
    assert isinstance(conv, nn.Conv2d)
    assert isinstance(norm, nn.BatchNorm2d)
    folded: nn.Conv2d = fuse_conv_bn_eval(conv, norm)
    return folded
