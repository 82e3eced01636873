from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

from steelyard.data.images.picture import Picture, UnreadableImageError
from steelyard.errors import InputError
from steelyard.imaging.view import View

RNG = np.random.default_rng(9)
COLOUR = RNG.integers(0, 256, (37, 53, 3), dtype=np.uint8)


def seen(values, **options):
    return View(**options).see(Picture(values, "none"))


@pytest.mark.parametrize(
    ("resize", "size"), [(20, (28, 20)), (80, (114, 80)), ((10, 30), (30, 10)), (37, (53, 37))]
)
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic", "nearest", "lanczos"])
def test_resizes_to_torchvisions_sizes_with_pillows_bits(resize, size, interpolation):
    """torchvision: the short side to `resize`, the long one to int(resize * long / short)."""
    expected = Image.fromarray(COLOUR).resize(size, Image.Resampling[interpolation.upper()])
    assert np.array_equal(seen(COLOUR, resize=resize, interpolation=interpolation), np.asarray(expected))


def test_a_portrait_keeps_its_proportions():
    assert seen(COLOUR.swapaxes(0, 1), resize=20).shape == (28, 20, 3)


@pytest.mark.parametrize(
    ("crop", "top", "left"), [(36, 0, 8), (20, 8, 16), ((3, 4), 17, 24), ((37, 53), 0, 0)]
)
def test_crops_the_middle_and_rounds_as_python_does(crop, top, left):
    high, wide = crop if isinstance(crop, tuple) else (crop, crop)
    assert (round((37 - high) / 2), round((53 - wide) / 2)) == (top, left)
    assert np.array_equal(seen(COLOUR, crop=crop), COLOUR[top : top + high, left : left + wide])


def test_what_is_smaller_than_the_crop_is_refused_and_not_framed_in_black():
    with pytest.raises(UnreadableImageError, match="smaller than the crop of 54 x 37: 53 x 37"):
        seen(COLOUR, crop=(37, 54))


def test_a_line_is_not_resized_to_more_than_memory_holds():
    with pytest.raises(UnreadableImageError, match="bomb"):
        seen(np.zeros((1, 500_000, 3), np.uint8), resize=256)


def test_grey_is_pillows():
    assert np.array_equal(
        seen(COLOUR, mode="L")[:, :, 0], np.asarray(ImageOps.grayscale(Image.fromarray(COLOUR)))
    )


@pytest.mark.parametrize(("dtype", "scale"), [(np.uint16, 257), (np.float32, 1 / 255)])
def test_grey_of_other_types_is_the_same_to_rounding(dtype, scale):
    exact = COLOUR @ np.array([0.299, 0.587, 0.114])
    assert np.allclose(
        seen((COLOUR * float(scale)).astype(dtype), mode="L")[:, :, 0] / scale, exact, atol=0.01
    )


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_channels_by_mode(channels):
    values = np.random.default_rng(9).integers(0, 256, (4, 5, channels), dtype=np.uint8)
    assert seen(values).shape[2] == (1 if channels < 3 else 3)
    assert np.array_equal(seen(values), values[:, :, : 1 if channels < 3 else 3])
    assert seen(values, mode="L").shape[2] == 1
    full = seen(values, mode="RGBA")
    assert full.shape[2] == 4
    assert np.array_equal(full[:, :, 3], values[:, :, -1] if channels in {2, 4} else np.full((4, 5), 255))
    assert np.array_equal(full[:, :, 1], values[:, :, 1 if channels > 2 else 0])


def test_16_bits_and_floating_point_are_resized_without_losing_bits():
    wide = np.random.default_rng(9).integers(0, 65536, (20, 24, 3), dtype=np.uint16)
    resized = seen(wide, resize=(10, 12), interpolation="box")
    means = wide.reshape(10, 2, 12, 2, 3).astype(float).mean(axis=(1, 3))
    assert resized.dtype == np.uint16
    assert np.abs(resized - means).max() <= 0.5 + 0.01
    floats = seen((wide / 65535).astype(np.float32), resize=(10, 12), interpolation="box")
    assert np.allclose(floats, means / 65535, atol=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {"resize": 0},
        {"resize": -3},
        {"resize": 2.5},
        {"resize": True},
        {"resize": (3,)},
        {"crop": (3, 0)},
        {"crop": "224"},
        {"crop": 1 << 21},
        {"mode": "BGR"},
        {"interpolation": "cubic"},
    ],
)
def test_refuses_what_can_not_be(options):
    with pytest.raises(InputError, match=f"`{next(iter(options))}` must be"):
        View(**options)
