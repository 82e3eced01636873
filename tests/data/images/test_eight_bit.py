import io

import numpy as np
import pytest
from PIL import Image

from steelyard.data.images.eight_bit import decoded
from steelyard.errors import InputError


def saved(image, kind="PNG", **given):
    file = io.BytesIO()
    image.save(file, kind, **given)
    return file.getvalue()


GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P"])
def test_modes_become_grey_or_colour(mode):
    pixels = decoded(saved(Image.fromarray(GREY).convert(mode)), name="x")
    assert pixels.dtype == np.uint8
    assert np.array_equal(pixels if pixels.ndim == 2 else pixels[..., 0], GREY)


def test_16_bits_keep_black_and_white():
    deep = np.array([[0, 257, 65535]], np.uint16)
    assert decoded(saved(Image.fromarray(deep)), name="x").tolist() == [[0, 1, 255]]


def test_photographs_are_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    turned = decoded(saved(Image.fromarray(GREY[::-1, ::-1]), exif=exif), name="x")
    assert np.array_equal(turned, GREY)


def test_what_is_not_a_whole_image_is_refused():
    whole = saved(Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)))
    for content in (b"", b"text", whole[: len(whole) // 2]):
        with pytest.raises(InputError, match="must be whole, but x"):
            decoded(content, name="x")
    real = saved(Image.fromarray(GREY.astype(np.float32)), "TIFF")
    with pytest.raises(InputError, match="floating point"):
        decoded(real, name="x")


def test_too_many_pixels_are_refused(monkeypatch):
    from steelyard.data.images import eight_bit

    monkeypatch.setattr(eight_bit, "MOST_PIXELS", 10)
    with pytest.raises(InputError, match="at most 10 pixels, but x has 4x3"):
        decoded(saved(Image.fromarray(GREY)), name="x")
