"""The networks that a classifier may be built on, by name."""

from __future__ import annotations

from typing import Protocol, cast

import torch
from torch import Tensor, nn

from steelyard.errors import InputError
from steelyard.imaging.backbones.from_timm import TimmBackbone
from steelyard.imaging.backbones.small import SmallNet
from steelyard.imaging.densenet.architecture import DenseNet

_DENSENETS = {
    "densenet121": (6, 12, 24, 16),
    "densenet169": (6, 12, 32, 32),
    "densenet201": (6, 12, 48, 32),
}


class Backbone(Protocol):
    """A module with maps and, on their mean over places, a linear head named `classifier`."""

    classifier: nn.Linear

    def feature_maps(self, images: Tensor) -> Tensor:
        """Return the last maps, shape (images, maps, rows, columns)."""

    def __call__(self, images: Tensor) -> Tensor:
        """Return logits, shape (images, outputs)."""


def make_backbone(name: str, *, outputs: int, seed: int, pretrained: bool = False) -> nn.Module:
    """Return a network with fresh weights; it is a `Backbone`.

    Args:
        name: `densenet121` (also 169, 201), `small`, `small:WIDTH`, or `timm:NAME`.
        outputs: units of the head.
        seed: of the weights; torch's global generator is left as it was.
        pretrained: let timm fetch weights; for `timm:` names only.

    Raises:
        InputError: another name, or weights asked for that this package doesn't fetch.
        MissingExtraError: a `timm:` name without timm.

    Example:
        >>> type(make_backbone("small:8", outputs=14, seed=0)).__name__
        'SmallNet'
    """
    kind, _, rest = name.partition(":")
    if pretrained and kind != "timm":
        raise InputError(
            f'weights="pretrained" must go with a timm backbone, but got {name!r}; name a file of weights instead'
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if name in _DENSENETS:
            return DenseNet(outputs=outputs, blocks=_DENSENETS[name])
        if kind == "small" and (not rest or (rest.isdecimal() and int(rest) > 0)):
            return SmallNet(outputs=outputs, width=int(rest or 16))
        if kind == "timm" and rest:
            return TimmBackbone(rest, outputs=outputs, pretrained=pretrained)
    known = ", ".join([*_DENSENETS, "small", "small:WIDTH", "timm:NAME"])
    raise InputError(f"`backbone` must be one of {known}, but got {name!r}")


def head_of(network: nn.Module) -> nn.Linear:
    """Return a backbone's head."""
    return cast(Backbone, network).classifier
