"""Densely connected convolutional networks (Huang et al. 2017), named so that torchvision's files of weights fit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from steelyard.errors import InputError

DENSENET121_BLOCKS = (6, 12, 24, 16)
SMALLEST_SIDE = 29
"""Pixels that height and width must have, so that the last block has a pixel to look at."""


class DenseLayer(nn.Module):
    """Batch norm, ReLU and a 1x1 convolution to four times the growth, then the same with 3x3: `growth` new maps.

    Args:
        inputs: maps that it reads, all that the block has so far.
        growth: maps that it adds.
        bottleneck: how many times `growth` maps lie between the two convolutions.
    """

    def __init__(self, inputs: int, growth: int, bottleneck: int) -> None:
        super().__init__()
        between = bottleneck * growth
        self.norm1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, between, kernel_size=1, bias=False)
        self.norm2 = nn.BatchNorm2d(between)
        self.conv2 = nn.Conv2d(between, growth, kernel_size=3, padding=1, bias=False)

    def forward(self, maps: Tensor) -> Tensor:
        """Return the new maps, shape (images, growth, height, width)."""
        between = self.conv1(functional.relu(self.norm1(maps), inplace=True))
        out: Tensor = self.conv2(functional.relu(self.norm2(between), inplace=True))
        return out


class DenseBlock(nn.Module):
    """Layers that each read everything before them; their names are torchvision's.

    Args:
        layers: how many.
        inputs: maps that the block is given.
        growth: maps that every layer adds.
        bottleneck: as for `DenseLayer`.
    """

    def __init__(self, layers: int, inputs: int, growth: int, bottleneck: int) -> None:
        super().__init__()
        self.growth = growth
        for nth in range(layers):
            layer = DenseLayer(inputs + nth * growth, growth, bottleneck)
            self.add_module(f"denselayer{nth + 1}", layer)

    def forward(self, maps: Tensor) -> Tensor:
        """Return what came in and what every layer added, shape (images, outputs, height, width)."""
        for layer in self.children():
            maps = torch.cat((maps, layer(maps)), dim=1)
        return maps


class DenseNet(nn.Module):
    """A densely connected network with a linear head on the mean of its last maps.

    Parameters and buffers have the names and shapes of torchvision's `densenet121`, and the initial weights its distributions
    (He et al. 2015 for convolutions), so that its files load and are loaded there.

    Args:
        outputs: units of the head, 14 for CheXNet's findings.
        blocks: layers of each dense block; (6, 12, 24, 16) is DenseNet-121.
        growth: maps that each layer adds.
        stem: maps of the first convolution.
        bottleneck: maps between a layer's two convolutions, in units of `growth`.
        channels: of the input.

    Raises:
        InputError: a number below 1, or no block.

    Example:
        >>> network = DenseNet(outputs=14)
        >>> sum(parameter.numel() for parameter in network.parameters())
        6968206
        >>> next(iter(network.state_dict()))
        'features.conv0.weight'
        >>> network.eval()(torch.zeros(1, 3, 64, 64)).shape
        torch.Size([1, 14])
    """

    def __init__(
        self,
        *,
        outputs: int = 1000,
        blocks: Sequence[int] = DENSENET121_BLOCKS,
        growth: int = 32,
        stem: int = 64,
        bottleneck: int = 4,
        channels: int = 3,
    ) -> None:
        super().__init__()
        sizes = {"outputs": outputs, "growth": growth, "stem": stem, "bottleneck": bottleneck}
        for name, value in {**sizes, "channels": channels, "blocks": min(blocks, default=0)}.items():
            if value < 1:
                raise InputError(f"`{name}` must be at least 1, but got {value}")
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        layers["conv0"] = nn.Conv2d(channels, stem, kernel_size=7, stride=2, padding=3, bias=False)
        layers["norm0"] = nn.BatchNorm2d(stem)
        layers["relu0"] = nn.ReLU(inplace=True)
        layers["pool0"] = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        maps = stem
        for nth, depth in enumerate(blocks, start=1):
            layers[f"denseblock{nth}"] = DenseBlock(depth, maps, growth, bottleneck)
            maps += depth * growth
            if nth < len(blocks):
                layers[f"transition{nth}"] = _transition(maps)
                maps //= 2
        layers["norm5"] = nn.BatchNorm2d(maps)
        self.features = nn.Sequential(layers)
        self.classifier = nn.Linear(maps, outputs)
        self._initialise()

    def feature_maps(self, images: Tensor) -> Tensor:
        """Return the last maps, none below 0, shape (images, maps, height / 32, width / 32).

        Raises:
            InputError: images with fewer than 29 pixels a side.
        """
        if min(images.shape[-2:]) < SMALLEST_SIDE:
            raise InputError(
                f"images must have at least {SMALLEST_SIDE} pixels a side, but got {images.shape[-2]}x{images.shape[-1]}; enlarge them, or use "
                'backbone="small"'
            )
        return functional.relu(self.features(images), inplace=True)

    def forward(self, images: Tensor) -> Tensor:
        """Return the head's outputs, logits, shape (images, outputs).

        Raises:
            InputError: images with fewer than 29 pixels a side.
        """
        out: Tensor = self.classifier(self.feature_maps(images).mean(dim=(2, 3)))
        return out

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
            elif isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)


def _transition(maps: int) -> nn.Sequential:
    """Return what stands between two blocks: half as many maps, half the height and width."""
    return nn.Sequential(
        OrderedDict(
            norm=nn.BatchNorm2d(maps),
            relu=nn.ReLU(inplace=True),
            conv=nn.Conv2d(maps, maps // 2, kernel_size=1, bias=False),
            pool=nn.AvgPool2d(kernel_size=2, stride=2),
        )
    )
