"""One image file's bytes as grey or RGB of 8 bits, what small networks are given."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from steelyard.errors import InputError

Pixels = NDArray[np.uint8]
"""One image: (height, width) for grey, (height, width, 3) for red, green and blue."""
MOST_PIXELS = 80_000_000
"""Pixels an image may have; more is taken for a decompression bomb."""


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
