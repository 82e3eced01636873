"""A small residual network for small images, where a DenseNet would be all stem."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


class SmallNet(nn.Module):
    """Three stages of a residual network (He et al. 2016) with a linear head on the mean of the last maps.

    Args:
        outputs: units of the head.
        width: maps of the first stage; the others have twice and four times as many.
        channels: of the input.

    Example:
        >>> import torch
        >>> network = SmallNet(outputs=14).eval()
        >>> network(torch.zeros(2, 3, 32, 32)).shape, network.feature_maps(torch.zeros(2, 3, 32, 32)).shape
        (torch.Size([2, 14]), torch.Size([2, 64, 8, 8]))
    """

    def __init__(self, *, outputs: int, width: int = 16, channels: int = 3) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(channels, width, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
        )
        self.stages = nn.Sequential(
            _Residual(width, width, stride=1),
            _Residual(width, 2 * width, stride=2),
            _Residual(2 * width, 4 * width, stride=2),
        )
        self.classifier = nn.Linear(4 * width, outputs)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)

    def feature_maps(self, images: Tensor) -> Tensor:
        """Return the last maps, none below 0, shape (images, maps, height / 4, width / 4)."""
        maps: Tensor = self.stages(self.stem(images))
        return maps

    def forward(self, images: Tensor) -> Tensor:
        """Return the head's outputs, logits, shape (images, outputs)."""
        out: Tensor = self.classifier(self.feature_maps(images).mean(dim=(2, 3)))
        return out


class _Residual(nn.Module):
    """Two 3x3 convolutions beside a shortcut, which is a 1x1 convolution where the shape changes."""

    def __init__(self, inputs: int, outputs: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, kernel_size=3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut: nn.Module = (
            nn.Identity()
            if stride == 1 and inputs == outputs
            else nn.Sequential(
                nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
            )
        )

    def forward(self, maps: Tensor) -> Tensor:
        between = functional.relu(self.norm1(self.conv1(maps)), inplace=True)
        return functional.relu(self.norm2(self.conv2(between)) + self.shortcut(maps), inplace=True)
