"""Bytes of an image file to pixels: JPEG by simplejpeg, DICOM by pydicom, everything else by Pillow.

simplejpeg and Pillow both bring libjpeg-turbo and use its exact integer transform, so their pixels are the same bits (tested); simplejpeg
is faster since it hands the pixels over without copying. OpenCV's JPEG decoder was no faster, and its wheel weighs 60 MB. JPEG
decoders that use another transform differ by a grey level here and there.
"""

from __future__ import annotations

from steelyard.data.images.jpeg import decode_jpeg
from steelyard.data.images.picture import Picture, UnreadableImageError
from steelyard.data.images.recognise import is_dicom, is_jpeg


def decode_image(content: bytes, *, upright: bool = False) -> Picture:
    """Return the pixels of an encoded image; of several frames the first.

    Args:
        content: the file's bytes.
        upright: turn it as its EXIF orientation says. Statistics over all pixels don't depend on it, cropping does.

    Raises:
        UnreadableImageError: not an image, a damaged or truncated one, one of more than `MOST_PIXELS` pixels, or of a kind that
            would lose bits (16-bit colour without OpenCV).

    Example:
        >>> from io import BytesIO
        >>> from PIL import Image
        >>> file = BytesIO()
        >>> Image.new("RGB", (4, 2), (255, 0, 51)).save(file, "PNG")
        >>> picture = decode_image(file.getvalue())
        >>> picture.values.shape, picture.values[0, 0].tolist(), picture.decoder.split()[0]
        ((2, 4, 3), [255, 0, 51], 'Pillow')
    """
    if is_jpeg(content):
        return decode_jpeg(content, upright=upright)
    if not content:
        raise UnreadableImageError("it is empty")
    if is_dicom(content):
        from steelyard.data.images.dicom import decode_dicom  # noqa: PLC0415 - an extra

        return decode_dicom(content)
    from steelyard.data.images.by_pillow import decode_with_pillow  # noqa: PLC0415 - not needed for JPEG

    return decode_with_pillow(content, upright=upright)
