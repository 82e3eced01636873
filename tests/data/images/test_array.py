from __future__ import annotations

import numpy as np
import pytest

from steelyard.data.images.array import ArrayImages, npy_images
from steelyard.errors import InputError


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32, np.float64])
def test_gives_each_image(dtype):
    values = np.arange(2 * 3 * 4 * 3).reshape(2, 3, 4, 3).astype(dtype)
    images = ArrayImages(values)
    assert np.array_equal(images.decode(1).values, values[1])
    assert list(images.names) == ["0", "1"]
    assert images.names[-1] == "1"
    assert images.names[:1] == ["0"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.zeros((3, 4), np.uint8), "must have shape"),
        (np.zeros((2, 3, 8, 8), np.uint8), r"transpose\(0, 2, 3, 1\)"),
        (np.zeros((0, 8, 8), np.uint8), "must hold an image"),
        (np.zeros((2, 0, 8), np.uint8), "must hold an image"),
        (np.zeros((2, 8, 8), np.int64), "convert it"),
        (np.zeros((2, 8, 8), bool), "convert it"),
        (np.array([[[object()]]]), "convert it"),
    ],
)
def test_refuses_what_has_no_known_scale_or_layout(values, said):
    with pytest.raises(InputError, match=said):
        ArrayImages(values)


def test_the_fingerprint_sees_values_types_and_shapes():
    values = np.zeros((2, 4, 4), np.uint8)
    other = values.copy()
    other[1, 3, 3] = 1
    arrays = (values, other, values.astype(np.uint16), values.reshape(1, 8, 4))
    assert len({ArrayImages(each).fingerprint for each in arrays}) == 4


def test_a_file_is_mapped_and_pickles_in_it_are_refused(tmp_path):
    values = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 3), dtype=np.uint8)
    np.save(tmp_path / "x.npy", values)
    assert np.array_equal(npy_images(tmp_path / "x.npy").decode(2).values, values[2])
    np.save(tmp_path / "y.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match=r"numpy\.save"):
        npy_images(tmp_path / "y.npy")
