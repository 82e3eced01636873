from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from steelyard.data.images.decoding import decode_image
from steelyard.data.images.jpeg import DECODER, decode_jpeg
from steelyard.data.images.picture import UnreadableImageError


def by_pillow(content, mode="RGB"):
    return np.asarray(Image.open(BytesIO(content)).convert(mode))


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("quality", [30, 90])
def test_gives_the_same_bits_as_pillow(encoded, photo, subsampling, progressive, quality):
    content = encoded(photo, "JPEG", quality=quality, subsampling=subsampling, progressive=progressive)
    picture = decode_jpeg(content)
    assert picture.decoder == DECODER
    assert np.array_equal(picture.values, by_pillow(content))


def test_grey_stays_one_channel(encoded, photo):
    content = encoded(photo[:, :, 0], "JPEG")
    picture = decode_jpeg(content)
    assert picture.values.shape == (40, 60, 1)
    assert np.array_equal(picture.values[:, :, 0], by_pillow(content, "L"))


def test_cmyk_goes_to_pillow(encoded, photo):
    content = encoded(Image.fromarray(photo).convert("CMYK"), "JPEG")
    picture = decode_image(content)
    assert picture.notes == ("CMYK to RGB",)
    assert np.array_equal(picture.values, by_pillow(content))


def test_stray_bytes_at_the_end_hurt_nothing(encoded, photo):
    content = encoded(photo, "JPEG")
    assert np.array_equal(decode_image(content + b"stray" * 10).values, by_pillow(content))


@pytest.mark.parametrize("share", [0.0005, 0.05, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_never_half_an_image(encoded, photo, share):
    content = encoded(photo, "JPEG")
    with pytest.raises(UnreadableImageError):
        decode_image(content[: max(3, int(share * len(content)))])


def test_a_header_that_promises_too_much_is_refused_before_memory_is_given(encoded):
    content = bytearray(encoded(np.zeros((8, 8, 3), np.uint8), "JPEG"))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(UnreadableImageError, match="bomb"):
        decode_image(bytes(content))


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_turns_upright_only_when_asked(encoded, photo, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(photo, "JPEG", exif=exif)
    assert decode_image(content).values.shape == (40, 60, 3)
    upright = decode_image(content, upright=True)
    assert upright.values.shape == ((60, 40, 3) if orientation == 6 else (40, 60, 3))
    assert upright.notes == (("turned as EXIF says",) if orientation != 1 else ())
