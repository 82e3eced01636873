"""A decoded image, and why one could not be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from numpy.typing import NDArray

from steelyard.errors import InputError

MOST_PIXELS = 178_956_970
"""Pixels of one image beyond which it is taken for a decompression bomb (536 MB in colour; Pillow's own limit)."""
MOST_BYTES = 1 << 28
"""Bytes of one encoded image beyond which it isn't read."""


class UnreadableImageError(InputError):
    """One image that can't be read; the message is the reason, without the image's name."""


class Picture(NamedTuple):
    """A decoded image.

    Args:
        values: shape (height, width, channels): grey, grey and alpha, RGB or RGBA; uint8 and uint16 with full scale 255 and
            65535, floating point as stored.
        decoder: what decoded it, with its version.
        notes: what was done to it on the way, e.g. `CMYK to RGB`.
    """

    values: NDArray[Any]
    decoder: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An image that was left out.

    Args:
        name: where it is in its source.
        reason: why, in a few words.
    """

    name: str
    reason: str


def check_pixels(*, height: int, width: int) -> None:
    """Refuse an image whose header promises more pixels than memory should be given for.

    Raises:
        UnreadableImageError: more than `MOST_PIXELS`, or none.

    Example:
        >>> check_pixels(height=1024, width=1024)
    """
    if height * width > MOST_PIXELS:
        raise UnreadableImageError(
            f"it has too many pixels (a decompression bomb?): {width} x {height}, more than the {MOST_PIXELS:,} that are read"
        )
    if height < 1 or width < 1:
        raise UnreadableImageError(f"it has no pixels: {width} x {height}")


def turned(values: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return pixels as they are looked at, from the orientation (1 to 8) that EXIF gives.

    Args:
        values: shape (height, width, channels).
        orientation: tag 0x0112; what isn't 2 to 8 turns nothing.

    Example:
        >>> import numpy as np
        >>> turned(np.array([[[1], [2]]]), 6)[:, :, 0].tolist()
        [[1], [2]]
    """
    if orientation in {5, 6, 7, 8}:
        values = values.swapaxes(0, 1)
    if orientation in {3, 4, 7, 8}:
        values = values[::-1]
    if orientation in {2, 3, 6, 7}:
        values = values[:, ::-1]
    return values
