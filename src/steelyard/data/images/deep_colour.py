"""Colour of 16 bits a channel, by OpenCV (extra `deep-colour`)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.images.picture import UnreadableImageError


def decode_deep_colour(content: bytes) -> tuple[NDArray[Any], str]:
    """Return the pixels of a PNG, TIFF, PPM or JPEG 2000 of 16 bits a channel, RGB or RGBA, and what decoded them.

    Args:
        content: the file's bytes.

    Raises:
        UnreadableImageError: OpenCV isn't installed, or can't read it with 16 bits.
    """
    try:
        import cv2  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UnreadableImageError(
            "it has 16-bit colour, which Pillow would cut to 8 bits; install steelyard[deep-colour]"
        ) from error
    try:
        values = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise UnreadableImageError(f"it is damaged: {error}") from error
    if values is None or values.dtype != np.uint16 or values.ndim != 3:
        raise UnreadableImageError("it has 16-bit colour of a kind that OpenCV can't read; write it as PNG")
    order = [2, 1, 0, 3][: values.shape[2]]
    return np.ascontiguousarray(values[:, :, order]), f"OpenCV {cv2.__version__}"
