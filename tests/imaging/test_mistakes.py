from __future__ import annotations

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.imaging import IMAGENET, image_moments
from steelyard.imaging.mistakes import common_mistakes

RNG = np.random.default_rng(12)
LEVELS = RNG.uniform(40, 210, (60, 1, 1, 3))
IMAGES = np.clip(LEVELS + RNG.normal(0, 25, (60, 12, 12, 3)), 0, 255).astype(np.uint8)


def by_name(images, test=None, **options):
    found = common_mistakes(image_moments(images, **options), test=test)
    return {each.name: each for each in found}


def test_the_mean_of_image_stds_is_shown_with_what_it_leaves_out():
    found = by_name(IMAGES)["mean-of-image-stds"]
    each = IMAGES.std(axis=(1, 2)).mean(axis=0) / 255
    pixels = IMAGES.std(axis=(0, 1, 2)) / 255
    assert found.values["image_std"] == pytest.approx(each)
    assert found.values["relative"] == pytest.approx(each / pixels - 1)
    assert all(relative < -0.2 for relative in found.values["relative"])
    assert "is not the standard deviation of pixels" in found.sentence


def test_0_to_255_for_0_to_1():
    values = by_name(IMAGES)["0-255-for-0-1"].values
    mean, std = IMAGES.mean(axis=(0, 1, 2)) / 255, IMAGES.std(axis=(0, 1, 2)) / 255
    normalised = (IMAGES - mean) / std
    assert values["mean"] == pytest.approx(normalised.mean(axis=(0, 1, 2)))
    assert values["std"] == pytest.approx(normalised.std(axis=(0, 1, 2)))


def test_other_orders_and_other_numbers_are_what_normalising_with_them_gives():
    found = by_name(IMAGES)
    mean, std = IMAGES.mean(axis=(0, 1, 2)) / 255, IMAGES.std(axis=(0, 1, 2)) / 255
    swapped = (IMAGES[..., ::-1] / 255 - mean) / std
    assert found["bgr-for-rgb"].values["mean"] == pytest.approx(swapped.mean(axis=(0, 1, 2)))
    assert found["bgr-for-rgb"].values["std"] == pytest.approx(swapped.std(axis=(0, 1, 2)))
    theirs = (IMAGES / 255 - IMAGENET.mean) / IMAGENET.std
    assert found["imagenet-numbers-for-own"].values["mean"] == pytest.approx(theirs.mean(axis=(0, 1, 2)))
    assert found["imagenet-numbers-for-own"].values["std"] == pytest.approx(theirs.std(axis=(0, 1, 2)))


def test_test_images_are_measured_when_they_are_given():
    assert not by_name(IMAGES)["test-set-statistics"].measured
    brighter = np.clip(IMAGES.astype(int) + 40, 0, 255).astype(np.uint8)
    found = by_name(IMAGES, test=image_moments(brighter))["test-set-statistics"]
    apart = (brighter.mean(axis=(0, 1, 2)) - IMAGES.mean(axis=(0, 1, 2))) / IMAGES.std(axis=(0, 1, 2))
    assert found.values["mean_apart"] == pytest.approx(apart)
    assert min(found.values["standard_errors"]) > 2


def test_test_images_with_other_channels_are_refused():
    with pytest.raises(InputError, match="must have the channels"):
        by_name(IMAGES, test=image_moments(IMAGES[..., 0]))


def test_resizing_is_measured_when_it_is_asked_for():
    assert not by_name(IMAGES)["statistics-before-resizing"].measured
    found = by_name(IMAGES, resize=4)["statistics-before-resizing"]
    assert found.values["std"] == pytest.approx(IMAGES.std(axis=(0, 1, 2)) / 255)
    assert all(ratio > 1.02 for ratio in found.values["std_ratio"])


def test_pixels_are_not_independent():
    found = by_name(IMAGES)["pixels-as-independent"]
    between = IMAGES.mean(axis=(1, 2)).std(axis=0, ddof=1) / np.sqrt(60)
    as_pixels = IMAGES.std(axis=(0, 1, 2)) / np.sqrt(60 * 144)
    assert found.values["ratio"] == pytest.approx(between / as_pixels, rel=1e-6)


def test_weights_matter_only_where_sizes_differ(folder):
    assert "mean-of-image-means" not in by_name(IMAGES)
    found = by_name(folder)["mean-of-image-means"]
    moments = image_moments(folder)
    assert found.values["image_mean"] == pytest.approx(moments.image_mean)


def test_constant_and_single_images_have_their_say_too():
    for images in (np.full((3, 4, 4, 3), 9, np.uint8), np.zeros((1, 1, 1), np.uint8)):
        found = by_name(images)
        assert not found["mean-of-image-stds"].measured
        assert all(
            np.isfinite(value)
            for each in found.values()
            for values in each.values.values()
            for value in values
        )
