"""Images that are in memory already, or in a `.npy` file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.images.picture import Picture, Skipped
from steelyard.errors import InputError

_CHANNELS = range(1, 5)


class ArrayImages:
    """The images of an array.

    Args:
        values: shape (images, height, width) or (images, height, width, channels), 1 to 4 channels (grey, grey and alpha, RGB, RGBA); uint8,
            uint16, or floating point from 0 to 1.
        label: what to call it in messages.

    Raises:
        InputError: another shape or type, or no image.

    Example:
        >>> images = ArrayImages(np.zeros((5, 8, 8, 3), np.uint8))
        >>> len(images), images.decode(0).values.shape
        (5, (8, 8, 3))
    """

    skipped: Sequence[Skipped] = ()
    others = 0

    def __init__(self, values: NDArray[Any], *, label: str = "the array") -> None:
        values = np.asanyarray(values)
        if values.ndim == 3:
            values = values[..., None]
        if values.ndim != 4 or values.shape[3] not in _CHANNELS:
            hint = "; it looks like (images, channels, height, width): use `values.transpose(0, 2, 3, 1)`"
            looks_swapped = values.ndim == 4 and values.shape[1] in _CHANNELS
            raise InputError(
                "an array of images must have shape (images, height, width) or (images, height, width, channels) with 1 to 4 channels, but "
                f"got {values.shape}{hint if looks_swapped else ''}"
            )
        if not values.size:
            raise InputError(f"an array of images must hold an image, but its shape is {values.shape}")
        if values.dtype not in {np.dtype("u1"), np.dtype("u2")} and values.dtype.kind != "f":
            raise InputError(
                f"an array of images must be uint8, uint16 or floating point, but is {values.dtype}; convert it: with uint8 and uint16, 255 "
                "and 65535 are white"
            )
        self._values = values
        self.label = label
        self.names: Sequence[str] = _Numbers(len(values))

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._values)

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of type, shape and every value."""
        digest = hashlib.sha256(f"{self._values.dtype.str}{self._values.shape}".encode())
        for image in self._values:
            digest.update(np.ascontiguousarray(image).tobytes())
        return digest.hexdigest()

    def decode(self, index: int, *, upright: bool = False) -> Picture:  # noqa: ARG002 - as files, which may lie on their side
        """Return an image's pixels."""
        return Picture(self._values[index], "none")


class _Numbers(Sequence[str]):
    """The numbers of images as their names, made when asked for."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [str(each) for each in range(self._count)[index]]
        return str(range(self._count)[index])


def npy_images(path: str | Path) -> ArrayImages:
    """Return the images of a `.npy` file, mapped from disk and not read into memory.

    Raises:
        InputError: a file that isn't an array of images, or one that holds pickled objects.
    """
    try:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} must be an array that numpy.save wrote, but: {error}") from error
    return ArrayImages(values, label=f"the array {path}")
