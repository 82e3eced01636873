"""Networks by name."""

from steelyard.imaging.backbones.named import Backbone, make_backbone
from steelyard.imaging.backbones.small import SmallNet

__all__ = ["Backbone", "SmallNet", "make_backbone"]
