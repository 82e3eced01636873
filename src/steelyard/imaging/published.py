"""Means and standard deviations that are in use everywhere, with where they come from and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Numbers that others normalise with, 0-1 scale, one a channel (red, green, blue).

    Args:
        name: what they are called.
        mean: the means.
        std: what is used as standard deviations.
        source: where they are published.
        note: what is known of how they arose, and what they are not.
    """

    name: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    source: str
    note: str

    @property
    def mean_255(self) -> tuple[float, float, float]:
        """Return the means on the 0-255 scale."""
        red, green, blue = (255 * each for each in self.mean)
        return red, green, blue

    @property
    def std_255(self) -> tuple[float, float, float]:
        """Return the standard deviations on the 0-255 scale."""
        red, green, blue = (255 * each for each in self.std)
        return red, green, blue


IMAGENET = Published(
    name="ImageNet",
    mean=(0.485, 0.456, 0.406),
    std=(0.229, 0.224, 0.225),
    source="torchvision's documentation of its pretrained models; pytorch/vision issue 1439 and pull request 1965",
    note=(
        "From a random subset of the training images of ILSVRC 2012; which, how many and how prepared is lost. torchvision's maintainers "
        "came close with images resized to 256, cropped to 224, and the mean of the standard deviations of single images: "
        "(.226, .223, .222) on 1,000 images. The standard deviation of pixels, which normalising would take, is larger: "
        "(.253, .243, .247) on 400 images prepared so, against (.215, .208, .206) for the mean of their single ones. Networks trained "
        "with the published numbers need the published numbers, whatever they are."
    ),
)
INCEPTION = Published(
    name="Inception",
    mean=(0.5, 0.5, 0.5),
    std=(0.5, 0.5, 0.5),
    source="TensorFlow's Inception preprocessing; timm's `IMAGENET_INCEPTION_MEAN`",
    note="No statistics at all: maps 0 to 1 onto -1 to 1. Networks of TensorFlow's Inception and MobileNet lines, and many ViTs, expect it.",
)
CLIP = Published(
    name="CLIP",
    mean=(0.48145466, 0.4578275, 0.40821073),
    std=(0.26862954, 0.26130258, 0.27577711),
    source="openai/CLIP, clip/clip.py, `_transform`",
    note=(
        "OpenAI doesn't say of which images. The standard deviations are larger than ImageNet's published ones, as those of pixels are."
    ),
)
PUBLISHED = {each.name.lower(): each for each in (IMAGENET, INCEPTION, CLIP)}
"""All of them by name."""
