from __future__ import annotations

import os
import subprocess
import sys
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from steelyard.data.images.by_pillow import decode_with_pillow
from steelyard.data.images.decoding import decode_image
from steelyard.data.images.picture import UnreadableImageError

RAMP = np.arange(48, dtype=np.uint16).reshape(6, 8) * 1391


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "WEBP", "PPM", "TGA"])
def test_colour_is_what_was_written(encoded, photo, kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    picture = decode_image(encoded(photo, kind, **options))
    assert picture.values.dtype == np.uint8
    assert np.array_equal(picture.values, photo)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_keeps_its_bits(encoded, kind):
    picture = decode_image(encoded(RAMP, kind))
    assert picture.values.dtype == np.uint16
    assert np.array_equal(picture.values[:, :, 0], RAMP)


def test_16_bit_grey_of_the_other_byte_order(encoded):
    file = BytesIO()
    Image.frombytes("I;16B", (8, 6), RAMP.astype(">u2").tobytes()).save(file, "TIFF")
    assert np.array_equal(decode_image(file.getvalue()).values[:, :, 0], RAMP)


def test_16_bit_pgm_keeps_its_bits():
    content = b"P5 8 6 65535\n" + RAMP.astype(">u2").tobytes()
    picture = decode_image(content)
    assert picture.values.dtype == np.uint16
    assert np.array_equal(picture.values[:, :, 0], RAMP)


def test_floating_point_stays_as_stored(encoded):
    values = np.linspace(-2, 3, 48, dtype=np.float32).reshape(6, 8)
    picture = decode_image(encoded(values, "TIFF"))
    assert picture.values.dtype == np.float32
    assert np.array_equal(picture.values[:, :, 0], values)


def test_32_bit_whole_numbers_have_no_known_scale(encoded):
    with pytest.raises(UnreadableImageError, match="no known full scale"):
        decode_image(encoded(RAMP.astype(np.int32) * 70_000, "TIFF"))


def test_palette_becomes_colour_and_says_so(encoded, photo):
    image = Image.fromarray(photo).quantize(16)
    picture = decode_image(encoded(image))
    assert picture.notes == ("palette",)
    assert np.array_equal(picture.values, np.asarray(image.convert("RGB")))


def test_a_transparent_palette_has_alpha(encoded, photo):
    image = Image.fromarray(photo).quantize(16)
    picture = decode_image(encoded(image, transparency=0))
    assert picture.values.shape[2] == 4
    assert set(np.unique(picture.values[:, :, 3])) == {0, 255}


def test_black_and_white_is_0_and_255(encoded):
    image = Image.fromarray(np.array([[True, False]]))
    picture = decode_image(encoded(image))
    assert picture.values.ravel().tolist() == [255, 0]


@pytest.mark.parametrize(("mode", "channels"), [("LA", 2), ("RGBA", 4)])
def test_alpha_is_kept_for_whoever_wants_it(encoded, photo, mode, channels):
    image = Image.fromarray(photo).convert(mode)
    assert np.array_equal(decode_image(encoded(image)).values, np.asarray(image))
    assert decode_image(encoded(image)).values.shape[2] == channels


def test_of_several_frames_the_first_counts(photo):
    file = BytesIO()
    frames = [Image.fromarray(np.full((4, 4), value, np.uint8)) for value in (10, 200)]
    frames[0].save(file, "TIFF", save_all=True, append_images=frames[1:])
    picture = decode_image(file.getvalue())
    assert picture.values.max() == 10
    assert picture.notes == ("first of several frames",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"these are words, not pixels", "it isn't an image"),
        (b"\x89PNG\r\n\x1a\n", "damaged|isn't an image"),
        (b"GIF89a", "damaged|isn't an image"),
    ],
)
def test_says_why_something_is_no_image(content, reason):
    with pytest.raises(UnreadableImageError, match=reason):
        decode_image(content)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "GIF", "WEBP", "BMP"])
def test_a_truncated_file_is_never_half_an_image(encoded, photo, kind):
    content = encoded(photo, kind)
    for share in (0.1, 0.5, 0.9):
        with pytest.raises(UnreadableImageError):
            decode_image(content[: int(share * len(content))])


def png_of(width, height):
    """Return a PNG whose header promises a size and whose data are a few zeros."""

    def chunk(name, data):
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(100_000, 100_000), (2**31 - 1, 1), (20_000, 15_000)])
def test_a_bomb_is_refused_by_its_header(width, height):
    with pytest.raises(UnreadableImageError, match="bomb"):
        decode_image(png_of(width, height))


def test_bytes_changed_at_random_end_in_pixels_or_in_a_reason():
    """Run in a process of its own: libtiff writes what it thinks of such files to stderr."""
    code = """
import warnings
from collections import Counter
from io import BytesIO
import numpy as np
from PIL import Image
from steelyard.data.images.decoding import decode_image
from steelyard.data.images.picture import UnreadableImageError
warnings.simplefilter("error")
rng = np.random.default_rng(5)
image = Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8))
ends = Counter()
for kind in "PNG GIF TIFF WEBP BMP JPEG PPM ICO JPEG2000 TGA PCX SGI".split():
    file = BytesIO()
    (image.quantize(8) if kind == "GIF" else image).save(file, kind)
    content = file.getvalue()
    for trial in range(80):
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), rng.integers(1, 8)):
            damaged[min(int(place * rng.random() ** 2), len(content) - 1)] = rng.integers(0, 256)
        try:
            assert decode_image(bytes(damaged), upright=True).values.ndim == 3
            ends["pixels"] += 1
        except UnreadableImageError as error:
            assert str(error)
            ends["reason"] += 1
print(ends["pixels"] > 100, ends["reason"] > 100, ends["pixels"] + ends["reason"])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, timeout=100
    )
    assert done.stdout.split() == ["True", "True", "960"], done.stderr


def test_upright_by_exif_in_a_png(encoded, photo):
    exif = Image.Exif()
    exif[0x0112] = 8
    content = encoded(photo, "PNG", exif=exif)
    assert decode_with_pillow(content).values.shape == (40, 60, 3)
    assert decode_with_pillow(content, upright=True).values.shape == (60, 40, 3)
