from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

from steelyard.data.images.picture import MOST_PIXELS, UnreadableImageError, check_pixels, turned


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turns_as_pillow_does(photo, orientation):
    image = Image.fromarray(photo)
    image.getexif()[0x0112] = orientation
    assert np.array_equal(turned(photo, orientation), np.asarray(ImageOps.exif_transpose(image)))


@pytest.mark.parametrize("orientation", [0, 9, -1])
def test_leaves_what_has_no_such_orientation(photo, orientation):
    assert np.array_equal(turned(photo, orientation), photo)


def test_refuses_a_bomb_and_nothing():
    check_pixels(height=1, width=MOST_PIXELS)
    with pytest.raises(UnreadableImageError, match="decompression bomb"):
        check_pixels(height=1, width=MOST_PIXELS + 1)
    with pytest.raises(UnreadableImageError, match="no pixels: 0 x 5"):
        check_pixels(height=5, width=0)
