"""Images of every kind that Pillow reads, without losing bits on the way."""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from contextlib import contextmanager
from importlib.metadata import version
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from steelyard.data.images.picture import Picture, UnreadableImageError, check_pixels, turned

if TYPE_CHECKING:
    from collections.abc import Iterator

DECODER = f"Pillow {version('pillow')}"
_ORIENTATION = 0x0112
_FAILURES = (
    OSError,
    ValueError,  # also what numpy and codecs raise
    SyntaxError,  # a broken PNG
    EOFError,
    ArithmeticError,
    LookupError,
    AttributeError,
    TypeError,
    RuntimeError,
    MemoryError,
    AssertionError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What Pillow's readers raise on files that are damaged or made to hurt (found by changing bytes at random; tested)."""
_AS_STORED = frozenset({"L", "LA", "RGB", "RGBA"})
_CONVERTED = {"1": "L", "PA": "RGBA", "RGBX": "RGB", "RGBa": "RGBA", "La": "LA"}
_TO_RGB = frozenset({"CMYK", "YCbCr", "LAB", "HSV"})


def decode_with_pillow(content: bytes, *, upright: bool = False) -> Picture:
    """Return the pixels of an image, of several frames the first.

    Palettes become RGB (RGBA where they are transparent), bits become grey 0 or 255, CMYK and other colour spaces become RGB by Pillow's
    formulas (no colour profile). 16-bit grey and floating point stay what they are. 16-bit colour, which Pillow would cut to 8 bits,
    goes to OpenCV.

    Args:
        content: the file's bytes.
        upright: turn it as its EXIF orientation says.

    Raises:
        UnreadableImageError: not an image, damaged, too many pixels, 32-bit whole numbers, 16-bit colour without OpenCV.

    Example:
        >>> file = BytesIO()
        >>> Image.fromarray(np.array([[0, 65535]], np.uint16)).save(file, "PNG")
        >>> decode_with_pillow(file.getvalue()).values.ravel().tolist()
        [0, 65535]
    """
    with _failures_told(), Image.open(BytesIO(content)) as image:
        check_pixels(height=image.height, width=image.width)
        notes = ["first of several frames"] if getattr(image, "is_animated", False) else []
        orientation = image.getexif().get(_ORIENTATION, 1) if upright else 1
        if _cut_to_8_bits(image, content):
            from steelyard.data.images.deep_colour import decode_deep_colour  # noqa: PLC0415 - an extra

            values, decoder = decode_deep_colour(content)
            notes.append("16-bit colour")
        else:
            values, decoder = _pixels(image, notes), DECODER
    if orientation != 1:
        values = turned(values, int(orientation))
        notes.append("turned as EXIF says")
    return Picture(values, decoder, tuple(notes))


def orientation_of(content: bytes) -> int:
    """Return the EXIF orientation of an image, 1 where it has none or a damaged one.

    >>> orientation_of(b"no image")
    1
    """
    try:
        with _failures_told(), Image.open(BytesIO(content)) as image:
            return int(image.getexif().get(_ORIENTATION, 1))
    except UnreadableImageError:
        return 1


def _pixels(image: Image.Image, notes: list[str]) -> NDArray[Any]:
    mode = image.mode
    if mode == "P":
        notes.append("palette")
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif mode in _TO_RGB:
        notes.append(f"{mode} to RGB")
        image = image.convert("RGB")
    elif mode in _CONVERTED:
        if mode == "1":
            notes.append("black and white")
        image = image.convert(_CONVERTED[mode])
    elif (mode == "I" and image.format == "PPM") or mode.startswith("I;16"):
        return _three_axes(np.asarray(image).astype(np.uint16))
    elif mode == "F":
        return _three_axes(np.asarray(image))
    elif mode not in _AS_STORED:
        raise UnreadableImageError(
            f"its pixels (Pillow's mode {mode}) have no known full scale; write it as 8 or 16 bits, or as floating point"
        )
    return _three_axes(np.asarray(image))


def _three_axes(values: NDArray[Any]) -> NDArray[Any]:
    return values[:, :, None] if values.ndim == 2 else values


def _cut_to_8_bits(image: Image.Image, content: bytes) -> bool:
    """Return whether Pillow would read colours of more than 8 bits with 8."""
    if image.mode not in {"RGB", "RGBA", "LA", "CMYK"}:
        return False
    if image.format == "JPEG2000":
        at = content.find(b"\xff\x51")
        return at >= 0 and len(content) > at + 40 and (content[at + 40] & 0x7F) + 1 > 8
    for tile in getattr(image, "tile", ()):
        codec, arguments = tile[0], tile[3]
        listed = arguments if isinstance(arguments, tuple) else (arguments,)
        if codec == "ppm" and any(isinstance(each, int) and each > 255 for each in listed):
            return True
        if any(isinstance(each, str) and re.search(r";16", each) for each in listed):
            return True
    return False


@contextmanager
def _failures_told() -> Iterator[None]:
    """Turn whatever a reader raises into the reason for skipping an image; its warnings would repeat themselves a million times."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except UnreadableImageError:
            raise
        except UnidentifiedImageError as error:
            raise UnreadableImageError("it isn't an image, or of a kind that isn't known") from error
        except Image.DecompressionBombError as error:
            raise UnreadableImageError(f"it looks like a decompression bomb: {error}") from error
        except _FAILURES as error:
            raise UnreadableImageError(f"it is damaged: {str(error) or type(error).__name__}") from error
