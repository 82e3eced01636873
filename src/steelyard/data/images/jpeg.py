"""JPEG by libjpeg-turbo; what it doubts goes to Pillow, which decides."""

from __future__ import annotations

from importlib.metadata import version

import simplejpeg

from steelyard.data.images.picture import Picture, check_pixels, turned

DECODER = f"simplejpeg {version('simplejpeg')}"
_EXIF_WITHIN = 1 << 17
"""Bytes from the start in which EXIF stands, if there is any."""


def decode_jpeg(content: bytes, *, upright: bool = False) -> Picture:
    """Return the pixels of a JPEG: grey or RGB.

    Files that libjpeg-turbo warns about (a few stray bytes), and CMYK, are decoded by Pillow.

    Args:
        content: the file's bytes.
        upright: turn it as its EXIF orientation says.

    Raises:
        UnreadableImageError: a damaged or truncated file, too many pixels.

    Example:
        >>> import numpy as np
        >>> content = simplejpeg.encode_jpeg(np.full((8, 8, 1), 128, np.uint8), colorspace="GRAY")
        >>> decode_jpeg(content).values[0, 0].tolist()
        [128]
    """
    try:
        height, width, space, _ = simplejpeg.decode_jpeg_header(content)
        check_pixels(height=height, width=width)
        if space in {"YCbCr", "RGB"}:
            values = simplejpeg.decode_jpeg(content, "RGB")
        elif space == "Gray":
            values = simplejpeg.decode_jpeg(content, "GRAY")
        else:
            return _by_pillow(content, upright=upright)
    except ValueError as error:  # an UnreadableImageError is one too
        if type(error) is not ValueError:
            raise
        return _by_pillow(content, upright=upright)
    if upright and b"Exif\0" in content[:_EXIF_WITHIN]:
        from steelyard.data.images.by_pillow import orientation_of  # noqa: PLC0415 - seldom needed

        orientation = orientation_of(content)
        if orientation != 1:
            return Picture(turned(values, orientation), DECODER, ("turned as EXIF says",))
    return Picture(values, DECODER)


def _by_pillow(content: bytes, *, upright: bool) -> Picture:
    from steelyard.data.images.by_pillow import decode_with_pillow  # noqa: PLC0415 - seldom needed

    return decode_with_pillow(content, upright=upright)
