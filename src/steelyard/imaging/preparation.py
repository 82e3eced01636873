"""From 8-bit images to what a network reads: size, three channels, scale, mean and standard deviation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from steelyard.data.images.eight_bit import Pixels
from steelyard.errors import InputError
from steelyard.imaging.images import Images
from steelyard.imaging.published import IMAGENET

IMAGENET_MEAN, IMAGENET_STD = IMAGENET.mean, IMAGENET.std
"""What CheXNet and nearly all weights pretrained on ImageNet are normalised with: red, green, blue on the 0-1 scale."""
Order = Literal["rgb", "bgr"]
_LEAST_STD = 1e-3
"""Below this an image is taken for constant: dividing by its spread would only make its noise loud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """How images become a batch; the defaults are CheXNet's.

    Args:
        size: pixels a side; other images are resized (Pillow's antialiased bilinear filter), whatever their proportions.
        mean: subtracted, one a channel, on the scale that `divide_by` leads to.
        std: divided by, one a channel.
        divide_by: 255 leads to the 0-1 scale; 1 leaves 0-255.
        per_image: subtract each image's own mean and divide by its own standard deviation (over all channels) instead.
        order: `bgr` reverses the channels before they are normalised, as OpenCV reads files.
        times: how often mean and std are applied; 2 is a mistake that people make.

    Raises:
        InputError: a size below 1, mean and std that aren't three finite numbers each, a std or divisor that isn't positive.

    Example:
        >>> white = np.full((1, 4, 4), 255, np.uint8)
        >>> Preparation(size=2).batch(white, [0])[0, :, 0, 0]
        tensor([2.2489, 2.4286, 2.6400])
    """

    size: int = 224
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    divide_by: float = 255.0
    per_image: bool = False
    order: Order = "rgb"
    times: int = 1

    def __post_init__(self) -> None:
        if self.size < 1:
            raise InputError(f"`size` must be at least 1 pixel, but got {self.size}")
        for name, values in (("mean", self.mean), ("std", self.std)):
            if len(values) != 3 or not np.isfinite(values).all():
                raise InputError(f"`{name}` must be three numbers, one a channel, but got {values}")
        if min(self.std) <= 0 or self.divide_by <= 0:
            raise InputError(
                f"`std` and `divide_by` must be positive, but got {self.std} and {self.divide_by}"
            )

    def batch(
        self,
        images: Images,
        chosen: Sequence[int] | NDArray[np.int64],
        *,
        flip: NDArray[np.bool_] | None = None,
    ) -> Tensor:
        """Return chosen images as a network reads them, float32, shape (chosen, 3, size, size).

        Args:
            images: all of them.
            chosen: their numbers.
            flip: which of the chosen are mirrored left to right, shape (chosen,); None: none.

        Raises:
            InputError: an image that is neither grey nor RGB, or isn't uint8.
        """
        return self.normalised(self.stacked([images[int(index)] for index in chosen]), flip=flip)

    def stacked(self, images: Sequence[Pixels]) -> NDArray[np.uint8]:
        """Return images resized, shape (images, size, size, channels); one channel where all are grey, else three.

        Raises:
            InputError: an image that is neither grey nor RGB, or isn't uint8.
        """
        ready = [self.resized(each) for each in images]
        if all(each.ndim == 2 for each in ready):
            return np.stack(ready)[..., None]
        return np.stack([_in_colour(each) for each in ready])

    def normalised(self, pixels: NDArray[np.uint8], *, flip: NDArray[np.bool_] | None = None) -> Tensor:
        """Return stacked images scaled, with three channels, and normalised, float32, shape (images, 3, size, size)."""
        if flip is not None and flip.any():
            pixels = np.where(flip[:, None, None, None], pixels[:, :, ::-1], pixels)
        batch = torch.from_numpy(np.ascontiguousarray(np.moveaxis(pixels, -1, 1))).float() / self.divide_by
        if self.order == "bgr":
            batch = batch.flip(1)
        batch = batch.expand(-1, 3, -1, -1)
        if self.per_image:
            std, mean = torch.std_mean(batch, dim=(1, 2, 3), keepdim=True, correction=0)
            return (batch - mean) / std.clamp_min(_LEAST_STD * 255 / self.divide_by)
        mean, std = (torch.tensor(each, dtype=torch.float32)[:, None, None] for each in (self.mean, self.std))
        for _ in range(self.times):
            batch = (batch - mean) / std
        return batch.contiguous()

    def resized(self, image: Pixels) -> Pixels:
        """Return one image at the network's size.

        Raises:
            InputError: an image that is neither grey nor RGB, or isn't uint8.
        """
        if image.dtype != np.uint8 or image.ndim not in {2, 3} or (image.ndim == 3 and image.shape[-1] != 3):
            raise InputError(
                f"an image must be uint8 of shape (height, width) or (height, width, 3), but got {image.dtype} of shape {image.shape}"
            )
        if image.shape[:2] == (self.size, self.size):
            return image
        resized = Image.fromarray(image).resize((self.size, self.size), Image.Resampling.BILINEAR)
        return np.asarray(resized)


def _in_colour(image: Pixels) -> Pixels:
    return np.repeat(image[..., None], 3, axis=-1) if image.ndim == 2 else image
