"""DICOM images by pydicom (extra `dicom`): rescaled, windowed, and bright where there is much."""

from __future__ import annotations

import struct
import warnings
import zlib
from importlib.metadata import version
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.images.picture import Picture, UnreadableImageError, check_pixels


def decode_dicom(content: bytes) -> Picture:
    """Return the pixels of a DICOM file, 0 to 1, shape (height, width, channels), float32.

    Stored values are rescaled (modality), then windowed as the file says: its table or its first window, from 0 at the window's lower end to
    1 at its upper. Without a window, the whole range that the stored bits can hold becomes 0 to 1. MONOCHROME1, where large is
    dark, is inverted. Colour (RGB, YBR) is divided by its full scale. Of several frames the first is taken.

    Args:
        content: the file's bytes.

    Raises:
        UnreadableImageError: pydicom isn't installed, no pixels, damaged, compressed in a way that needs another package, too large.

    When it is wrong: windows are for eyes and cut off what lies outside; two files with other windows aren't on one scale.
    """
    try:
        import pydicom  # noqa: PLC0415 - an extra
        from pydicom.errors import BytesLengthException, InvalidDicomError  # noqa: PLC0415
    except ImportError as error:
        raise UnreadableImageError("it is a DICOM file; install steelyard[dicom]") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on values out of the standard, once an image
            data = pydicom.dcmread(BytesIO(content))
            check_pixels(height=int(data.Rows), width=int(data.Columns))
            values, notes = _scaled(data)
    except UnreadableImageError:
        raise
    except ImportError as error:
        raise UnreadableImageError(f"its compression needs another package: {error}") from error
    except (
        InvalidDicomError,
        BytesLengthException,
        struct.error,
        zlib.error,
        AssertionError,
        MemoryError,
        OSError,
        EOFError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        NotImplementedError,
        RuntimeError,
        ArithmeticError,
    ) as error:
        raise UnreadableImageError(f"it is damaged, or has no pixels: {error}") from error
    return Picture(values, f"pydicom {version('pydicom')}", notes)


def _scaled(data: Any) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    from pydicom.pixels.processing import (  # noqa: PLC0415 - an extra
        apply_modality_lut,
        apply_voi_lut,
        convert_color_space,
    )

    notes = []
    stored = data.pixel_array
    if int(data.get("NumberOfFrames", 1) or 1) > 1:
        stored = stored[0]
        notes.append("first of several frames")
    meaning = str(data.PhotometricInterpretation)
    if int(data.SamplesPerPixel) == 3:
        if meaning.startswith("YBR"):
            stored = convert_color_space(stored, meaning, "RGB", per_frame=True)
        return _floats(stored / (2.0 ** int(data.BitsStored) - 1)), tuple(notes)
    if not meaning.startswith("MONOCHROME"):
        raise UnreadableImageError(f"its photometric interpretation is {meaning}; convert it to grey or RGB")
    rescaled = np.asarray(apply_modality_lut(stored, data), dtype=np.float64)
    if "VOILUTSequence" in data or "WindowWidth" in data:
        # Tables are looked up with whole numbers.
        looked_up = np.rint(rescaled).astype(np.int64) if "VOILUTSequence" in data else rescaled
        shown = np.asarray(apply_voi_lut(looked_up, data, index=0))
        low, high = _shown_range(data)
        notes.append("windowed")
    else:
        shown = rescaled
        low, high = _stored_range(data)
    values = (shown.astype(np.float64) - low) / (high - low)
    if meaning == "MONOCHROME1":
        values = 1.0 - values
        notes.append("MONOCHROME1 inverted")
    return _floats(values), tuple(notes)


def _stored_range(data: Any) -> tuple[float, float]:
    """Return what the smallest and largest storable values are rescaled to."""
    from pydicom.pixels.processing import apply_modality_lut  # noqa: PLC0415 - an extra

    bits, signed = int(data.BitsStored), bool(data.PixelRepresentation)
    ends = np.array([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] if signed else [0, 2**bits - 1])
    if "ModalityLUTSequence" in data:
        table = np.asarray(apply_modality_lut(np.arange(ends[0], ends[1] + 1), data))
        return float(table.min()), float(table.max())
    low, high = (float(each) for each in apply_modality_lut(ends, data))
    if low == high:
        raise UnreadableImageError("its rescale slope is 0")
    return min(low, high), max(low, high)


def _shown_range(data: Any) -> tuple[float, float]:
    """Return the ends of what windowing puts out."""
    from pydicom.pixels.processing import apply_voi_lut  # noqa: PLC0415 - an extra

    if "VOILUTSequence" in data:
        bits = int(data.VOILUTSequence[0].LUTDescriptor[2])
        return 0.0, 2.0**bits - 1
    far = np.array([-1e12, 1e12])  # both ends of the window, whatever its function
    low, high = (float(each) for each in apply_voi_lut(far, data, index=0))
    if low == high:
        raise UnreadableImageError("its window has no width")
    return low, high


def _floats(values: NDArray[Any]) -> NDArray[np.float32]:
    kept = np.asarray(values, dtype=np.float32)
    return kept[:, :, None] if kept.ndim == 2 else kept
