"""What the network sees of an image: its channels, resized and cropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from steelyard.data.images.picture import Picture, UnreadableImageError, check_pixels
from steelyard.errors import InputError

Mode = Literal["auto", "RGB", "L", "RGBA"]
Interpolation = Literal["bilinear", "bicubic", "nearest", "box", "hamming", "lanczos"]
MODES: tuple[Mode, ...] = get_args(Mode)
INTERPOLATIONS: tuple[Interpolation, ...] = get_args(Interpolation)
_LARGEST_SIDE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The way from a decoded image to what the network gets, before it is normalised.

    Resizing and cropping follow torchvision's transforms on Pillow images (antialiased), so that
    `Resize(256), CenterCrop(224)` is `View(resize=256, crop=224)`. An image that is smaller than the crop is refused, where
    torchvision would add a black frame.

    Args:
        resize: the short side's new length, the other in proportion; or (height, width); None leaves the size.
        crop: side of the square, or (height, width), cut from the middle after resizing; None for no crop.
        mode: `auto` keeps grey images grey if all of them are, and otherwise counts grey as three equal channels; `RGB`; `L` (grey);
            `RGBA` (images without alpha are opaque). Alpha is dropped by all but `RGBA`, as image loaders do.
        interpolation: of resizing.

    Raises:
        InputError: lengths below 1, another mode or interpolation.

    Example:
        >>> seen = View(resize=4, crop=(4, 2)).see(Picture(np.full((8, 16, 3), 7, np.uint8), "none"))
        >>> seen.shape, int(seen.min()), int(seen.max())
        ((4, 2, 3), 7, 7)
    """

    resize: int | tuple[int, int] | None = None
    crop: int | tuple[int, int] | None = None
    mode: Mode = "auto"
    interpolation: Interpolation = "bilinear"

    def __post_init__(self) -> None:
        for name, value in (("resize", self.resize), ("crop", self.crop)):
            if not _is_size(value):
                raise InputError(
                    f"`{name}` must be a length, or (height, width), from 1 to {_LARGEST_SIDE:,} pixels, but got {value!r}"
                )
        if self.mode not in MODES:
            raise InputError(f"`mode` must be one of {', '.join(MODES)}, but got {self.mode!r}")
        if self.interpolation not in INTERPOLATIONS:
            raise InputError(
                f"`interpolation` must be one of {', '.join(INTERPOLATIONS)}, but got {self.interpolation!r}"
            )

    @property
    def changes_geometry(self) -> bool:
        """Return whether images are resized or cropped."""
        return self.resize is not None or self.crop is not None

    def channels_of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the channels that count, shape (height, width, 1, 3 or 4), type kept."""
        depth = values.shape[2]
        if self.mode == "RGBA":
            return _with_alpha(values)
        coloured = values[:, :, :1] if depth == 2 else values[:, :, :3]
        if self.mode == "L" and coloured.shape[2] == 3:
            return _grey(coloured)
        return coloured

    def see(self, picture: Picture) -> NDArray[Any]:
        """Return what the network gets of a picture, contiguous, type kept.

        Raises:
            UnreadableImageError: smaller than the crop, or so narrow that resizing makes it huge.
        """
        values = self.channels_of(picture.values)
        if self.resize is not None:
            height, width = self._resized(*values.shape[:2])
            if (height, width) != values.shape[:2]:
                check_pixels(height=height, width=width)
                values = _resize(values, height=height, width=width, interpolation=self.interpolation)
        if self.crop is not None:
            values = self._cropped(values)
        return np.ascontiguousarray(values)

    def _resized(self, height: int, width: int) -> tuple[int, int]:
        if isinstance(self.resize, tuple):
            return self.resize
        assert self.resize is not None
        if height <= width:
            return self.resize, max(int(self.resize * width / height), 1)
        return max(int(self.resize * height / width), 1), self.resize

    def _cropped(self, values: NDArray[Any]) -> NDArray[Any]:
        assert self.crop is not None
        high, wide = self.crop if isinstance(self.crop, tuple) else (self.crop, self.crop)
        height, width = values.shape[:2]
        if height < high or width < wide:
            raise UnreadableImageError(
                f"it is smaller than the crop of {wide} x {high}: {width} x {height} pixels"
            )
        top, left = round((height - high) / 2), round((width - wide) / 2)
        return values[top : top + high, left : left + wide]


def _is_size(value: Any) -> bool:
    if value is None:
        return True
    sides = value if isinstance(value, tuple) and len(value) == 2 else (value,)
    return all(
        isinstance(side, int) and not isinstance(side, bool) and 1 <= side <= _LARGEST_SIDE for side in sides
    )


def _resize(values: NDArray[Any], *, height: int, width: int, interpolation: str) -> NDArray[Any]:
    """Resize as Pillow does: 8 bits as they are, everything else a channel at a time in single precision."""
    how = Image.Resampling[interpolation.upper()]
    if values.dtype == np.uint8:
        flat = values[:, :, 0] if values.shape[2] == 1 else values
        resized = np.asarray(Image.fromarray(np.ascontiguousarray(flat)).resize((width, height), how))
        shaped: NDArray[Any] = resized.reshape(height, width, values.shape[2])
        return shaped
    planes = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(values[:, :, channel], np.float32)).resize(
                (width, height), how
            )
        )
        for channel in range(values.shape[2])
    ]
    stacked = np.stack(planes, axis=2)
    if values.dtype == np.uint16:
        whole: NDArray[Any] = np.rint(stacked).clip(0, 65535).astype(np.uint16)
        return whole
    return stacked


def _grey(values: NDArray[Any]) -> NDArray[Any]:
    """Return luma by ITU-R BT.601; of 8 bits the same bits as Pillow's."""
    if values.dtype == np.uint8:
        wide = values.astype(np.uint32)
        luma = (wide[:, :, 0] * 19595 + wide[:, :, 1] * 38470 + wide[:, :, 2] * 7471 + 0x8000) >> 16
        eight: NDArray[Any] = luma.astype(np.uint8)[:, :, None]
        return eight
    luma64 = values.astype(np.float64) @ np.array([0.299, 0.587, 0.114])
    if values.dtype == np.uint16:
        luma64 = np.rint(luma64)
    grey: NDArray[Any] = luma64.astype(values.dtype)[:, :, None]
    return grey


def _with_alpha(values: NDArray[Any]) -> NDArray[Any]:
    depth = values.shape[2]
    if depth == 4:
        return values
    opaque = 1 if values.dtype.kind == "f" else np.iinfo(values.dtype).max
    alpha = values[:, :, 1:] if depth == 2 else np.full((*values.shape[:2], 1), opaque, values.dtype)
    colour = values if depth == 3 else np.repeat(values[:, :, :1], 3, axis=2)
    return np.concatenate([colour, alpha], axis=2)
