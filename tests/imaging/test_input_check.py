import re
from dataclasses import replace

import numpy as np
import pytest
import torch

from steelyard.errors import InputError
from steelyard.imaging.input_check import Expected, check_input
from steelyard.imaging.preparation import IMAGENET_MEAN, IMAGENET_STD, Preparation
from steelyard.imaging.radiographs import simulate_radiographs
from steelyard.imaging.radiographs.scanner import SCANNERS

SIZE = 24
IMAGENET = Preparation(size=SIZE)
EXPECTED = Expected.imagenet(size=SIZE)


def natural(seed, images=32):
    """Colour images whose channel means lie about where ImageNet's do, each with a tint of its own."""
    rng = np.random.default_rng(seed)
    tint = rng.normal(0, 0.03, (images, 1, 1, 3)) + IMAGENET_MEAN + rng.normal(0, 0.15, (images, 1, 1, 1))
    pixels = (
        tint + rng.normal(0, 0.25, (images, SIZE, SIZE, 1)) + rng.normal(0, 0.05, (images, SIZE, SIZE, 3))
    )
    return np.round(255 * np.clip(pixels, 0, 1)).astype(np.uint8)


def batch(preparation, images):
    return preparation.batch(images, range(len(images)))


def names(preparation, images):
    return [finding.name for finding in check_input(batch(preparation, images), EXPECTED)]


NOTHING = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0)}
FAULTS = {
    "input-scale-255": replace(IMAGENET, divide_by=1.0, **NOTHING),
    "input-scale-255-normalised": replace(IMAGENET, divide_by=1.0),
    "input-not-normalised": replace(IMAGENET, **NOTHING),
    "input-normalised-twice": replace(IMAGENET, times=2),
    "input-scaled-twice": replace(IMAGENET, divide_by=255.0**2),
    "input-minus-one-to-one": replace(IMAGENET, mean=(0.5,) * 3, std=(0.5,) * 3),
    "input-per-image": replace(IMAGENET, per_image=True),
    "input-channel-order": replace(IMAGENET, order="bgr"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_mistake_is_named(name):
    for seed in range(8):
        assert names(FAULTS[name], natural(seed)) == [name]


def test_healthy_batches_are_left_alone():
    drawn = simulate_radiographs(64, seed=0, size=SIZE)
    for seed in range(60):
        chosen = np.random.default_rng(seed).choice(64, 16, replace=False)
        assert check_input(IMAGENET.batch(drawn.images, chosen), EXPECTED) == ()
        for images in (1, 4, 8, 32):
            assert check_input(batch(IMAGENET, natural(seed, images)), EXPECTED) == ()


def test_images_without_a_tint_do_not_look_swapped():
    for seed in range(40):
        rng = np.random.default_rng(seed)
        neutral = rng.integers(0, 256, (16, SIZE, SIZE, 3), dtype=np.uint8)
        assert check_input(batch(IMAGENET, neutral), EXPECTED) == ()


def test_grey_images_show_statistics_in_the_wrong_order():
    swapped = replace(IMAGENET, mean=IMAGENET_MEAN[::-1], std=IMAGENET_STD[::-1])
    everything = simulate_radiographs(16, seed=0, size=SIZE)
    assert names(swapped, everything.images) == ["input-channel-order"]
    pale = simulate_radiographs(16, seed=0, size=SIZE, scanners=SCANNERS[3:])
    [finding] = check_input(batch(swapped, pale.images), EXPECTED)
    assert (finding.name, finding.code) == ("input-channel-order", "D08")
    assert "reverse order" in finding.meaning
    assert finding.evidence["apart_reversed"] < 1e-3 < finding.evidence["apart"]


def test_constant_images_are_counted():
    images = natural(0)
    images[[3, 7]] = 90
    [finding] = check_input(batch(IMAGENET, images), EXPECTED)
    assert (finding.name, finding.severity) == ("input-constant-image", "warning")
    assert finding.evidence == {"images": 2.0, "of": 32.0, "first": 3.0}


def test_much_darker_images_are_worth_a_word_but_no_warning():
    [finding] = check_input(batch(IMAGENET, (natural(0) * 0.2).astype(np.uint8)), EXPECTED)
    assert (finding.name, finding.severity) == ("input-statistics", "info")
    assert finding.evidence["mean_0"] < -1.5


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((4, SIZE, SIZE, 3), "Channels come last"),
        ((4, 1, SIZE, SIZE), "another shape"),
        ((4, 3, SIZE, SIZE + 1), "another shape"),
    ],
)
def test_shapes(shape, said):
    [finding] = check_input(torch.zeros(shape), EXPECTED)
    assert finding.name == "input-shape"
    assert said in finding.meaning
    assert finding.evidence["expected_height"] == SIZE


def test_values_that_are_not_finite_and_beyond_every_explanation():
    values = batch(IMAGENET, natural(0))
    values[0, 0, 0, 0] = float("nan")
    [finding] = check_input(values, EXPECTED)
    assert (finding.name, finding.severity) == ("input-not-finite", "error")
    [finding] = check_input(batch(IMAGENET, natural(0)) * 50, EXPECTED)
    assert finding.name == "input-range"


def test_bfloat16_and_any_size():
    values = batch(IMAGENET, natural(0)).bfloat16()
    assert check_input(values, Expected.imagenet(size=None)) == ()


@pytest.mark.parametrize("bad", [np.zeros((3, 4, 4)), np.zeros((0, 3, 4, 4)), "text"])
def test_what_is_not_a_batch_is_refused(bad):
    with pytest.raises(InputError, match=re.escape("a batch must")):
        check_input(bad, EXPECTED)


def test_impossible_expectations_are_refused():
    with pytest.raises(InputError, match="one number a channel"):
        Expected(mean=(0.5,), std=(0.0,))
