"""What networks are given: many 8-bit images, in memory or read when they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from steelyard.data.images.eight_bit import Pixels, decoded
from steelyard.errors import InputError


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
