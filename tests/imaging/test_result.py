from __future__ import annotations

import json

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.imaging import ImageMoments, image_moments

IMAGES = np.random.default_rng(3).integers(0, 256, (20, 8, 8, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("images", "options"),
    [
        (IMAGES, {}),
        (IMAGES, {"resize": (4, 6), "crop": 3}),
        (IMAGES / 255, {"mode": "L"}),
        (IMAGES[:1], {}),
        (IMAGES[:, :1, :1], {}),
    ],
)
def test_saved_and_loaded_it_is_the_same(tmp_path, images, options):
    found = image_moments(images, **options)
    found.save(tmp_path / "moments.json")
    loaded = ImageMoments.load(tmp_path / "moments.json")
    assert loaded.to_json() == found.to_json()
    assert loaded.view == found.view
    assert np.array_equal(loaded.std_interval, found.std_interval)
    assert list(tmp_path.iterdir()) == [tmp_path / "moments.json"]


def test_json_is_plain_json():
    kept = json.loads(json.dumps(image_moments(IMAGES[:1]).to_json(), allow_nan=False))
    assert kept["mean_255"] == pytest.approx((IMAGES[0].mean(axis=(0, 1))).tolist())
    assert kept["mean_interval"][0] == ["-inf", "inf"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 99}, "format 1"),
        ({"mean": [0.5]}, "3 channels"),
        ({"view": {"resize": 0, "crop": None}}, "`resize` must be"),
        ({"std": None}, "must be moments"),
        ({"sides": 3}, "must be moments"),
    ],
)
def test_something_else_is_refused(tmp_path, change, said):
    path = tmp_path / "moments.json"
    path.write_text(json.dumps(image_moments(IMAGES).to_json() | change))
    with pytest.raises(InputError, match=said):
        ImageMoments.load(path)


@pytest.mark.parametrize("content", ["", "[1]", "{}", "words"])
def test_no_moments_at_all(tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(InputError, match="moments"):
        ImageMoments.load(tmp_path / "x.json")


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="can be written"):
        image_moments(IMAGES).save(tmp_path / "gone" / "x.json")
