"""What networks are given: many 8-bit images, in memory or read when they are needed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from steelyard.errors import InputError

Pixels = NDArray[np.uint8]
"""One image: (height, width) for grey, (height, width, 3) for red, green and blue."""
MOST_PIXELS = 80_000_000
"""Pixels an image may have; more is taken for a decompression bomb."""


@runtime_checkable
class Images(Protocol):
    """Many images, each read when it is asked for; may be asked by several threads at a time."""

    def __len__(self) -> int:
        """Return how many there are."""

    def __getitem__(self, index: int, /) -> Pixels:
        """Return one image, uint8, shape (height, width) or (height, width, 3)."""


@dataclass(frozen=True, slots=True)
class ImageFiles:
    """Images in files, decoded with Pillow each time they are asked for: grey stays grey, all else becomes RGB.

    16-bit grey is divided by 257, so that white stays white; pixels that are see-through keep their colour; photographs are turned upright as
    their EXIF says.

    Args:
        paths: of the files, in order.
    """

    paths: tuple[Path, ...]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.paths)

    def __getitem__(self, index: int, /) -> Pixels:
        """Return one image, decoded.

        Raises:
            InputError: a file that isn't there, isn't a whole image or has too many pixels.
        """
        path = self.paths[index]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InputError(f"every image must be readable, but {path} isn't: {error.strerror}") from error
        return decoded(content, name=str(path))


def decoded(content: bytes, *, name: str) -> Pixels:
    """Return the pixels of an image file's bytes, grey or RGB.

    Args:
        content: a whole PNG, JPEG, TIFF, ...
        name: for messages.

    Raises:
        InputError: bytes that aren't a whole image, or too many pixels.

    Example:
        >>> file = io.BytesIO()
        >>> Image.fromarray(np.full((2, 3), 7, np.uint8)).save(file, "PNG")
        >>> decoded(file.getvalue(), name="seven.png").tolist()
        [[7, 7, 7], [7, 7, 7]]
    """
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise InputError(
                    f"an image must have at most {MOST_PIXELS:,} pixels, but {name} has {image.width}x{image.height}"
                )
            if image.mode == "F":
                raise InputError(
                    f"pixels must be whole numbers, but those of {name} are floating point; scale them to 8 bits"
                )
            upright = ImageOps.exif_transpose(image)
            if image.mode.startswith("I"):
                return _from_16_bit(np.asarray(upright), name=name)
            wanted = "L" if image.mode in {"1", "L", "LA", "La"} else "RGB"
            return np.asarray(upright.convert(wanted))
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"every image must be whole, but {name} isn't one: {error}") from error


def _from_16_bit(values: NDArray[Any], *, name: str) -> Pixels:
    if values.min() < 0 or values.max() > 65535:
        raise InputError(f"grey values of {name} must lie in 0..65535, but reach {values.max()}")
    return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)


def as_images(source: Any) -> Images:
    """Return images from an array, from paths, or from anything that gives images by number.

    Args:
        source: uint8 array (images, height, width) or (images, height, width, 3); a sequence of paths; anything with `len` and
            `decode(i)`, such as an image source; or `Images`.

    Raises:
        InputError: none of these, no image, or an array of another kind or shape.

    Example:
        >>> len(as_images(np.zeros((5, 8, 8), np.uint8)))
        5
        >>> as_images(np.zeros((5, 8, 8)))
        Traceback (most recent call last):
        steelyard.errors.InputError: images must be uint8 with values 0 to 255, but got an array of float64; a network's own preparation
        scales and normalises them
    """
    if isinstance(source, np.ndarray):
        return _checked_array(source)
    if hasattr(source, "decode") and hasattr(source, "__len__") and not isinstance(source, (str, bytes)):
        found: Images = _Decoding(source)
    elif (
        isinstance(source, Sequence)
        and source
        and all(isinstance(each, (str, Path)) for each in source)
        and not isinstance(source, str)
    ):
        found = ImageFiles(tuple(Path(each) for each in source))
    elif isinstance(source, Images) and type(source) not in {str, bytes, list, tuple, dict}:
        found = source
    else:
        raise InputError(
            f"images must be a uint8 array, a sequence of paths or an image source, but got {type(source).__name__}; e.g. "
            "sorted(Path(folder).glob('*.png'))"
        )
    if len(found) == 0:
        raise InputError("there must be at least one image, but got none")
    return found


@dataclass(frozen=True, slots=True)
class _Decoding:
    """An image source seen as `Images`."""

    source: Any

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, index: int, /) -> Pixels:
        return np.asarray(self.source.decode(index))


def _checked_array(array: NDArray[Any]) -> Images:
    if array.dtype != np.uint8:
        raise InputError(
            f"images must be uint8 with values 0 to 255, but got an array of {array.dtype}; a network's own preparation scales and "
            "normalises them"
        )
    if array.ndim not in {3, 4} or (array.ndim == 4 and array.shape[-1] != 3) or 0 in array.shape:
        raise InputError(
            f"images must have shape (images, height, width) or (images, height, width, 3), but got {array.shape}; a batch of the form "
            "(images, 3, height, width) becomes one by `np.moveaxis(batch, 1, -1)`"
        )
    return array
