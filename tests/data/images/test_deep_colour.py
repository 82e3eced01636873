from __future__ import annotations

import sys

import numpy as np
import pytest

from steelyard.data.images.decoding import decode_image
from steelyard.data.images.picture import UnreadableImageError

cv2 = pytest.importorskip("cv2")
DEEP = np.random.default_rng(1).integers(0, 65536, (64, 80, 4), dtype=np.uint16)


def written(values, suffix):
    order = [2, 1, 0, 3][: values.shape[2]]
    done, content = cv2.imencode(suffix, np.ascontiguousarray(values[:, :, order]))
    assert done
    return content.tobytes()


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".ppm", ".jp2"])
def test_16_bit_colour_keeps_its_bits_and_order(suffix):
    values = DEEP[:, :, :3]
    picture = decode_image(written(values, suffix))
    assert picture.values.dtype == np.uint16
    assert picture.decoder.startswith("OpenCV")
    assert picture.notes == ("16-bit colour",)
    if suffix != ".jp2":  # written with loss
        assert np.array_equal(picture.values, values)


def test_16_bit_alpha():
    assert np.array_equal(decode_image(written(DEEP, ".png")).values, DEEP)


def test_without_opencv_it_is_refused_and_not_cut_to_8_bits(monkeypatch):
    content = written(DEEP[:, :, :3], ".png")
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(UnreadableImageError, match=r"steelyard\[deep-colour\]"):
        decode_image(content)


def test_a_truncated_one_is_refused():
    content = written(DEEP[:, :, :3], ".png")
    with pytest.raises(UnreadableImageError):
        decode_image(content[: len(content) // 2])
