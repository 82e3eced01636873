import re

import numpy as np
import pytest
import torch
from PIL import Image

from steelyard.errors import InputError
from steelyard.imaging.images import as_images
from steelyard.imaging.preparation import IMAGENET_MEAN, IMAGENET_STD, Preparation


def test_normalises_as_the_formula():
    images = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), dtype=np.uint8)
    batch = Preparation(size=8).batch(images, [2, 0]).numpy()
    expected = (images[[2, 0]] / 255 - IMAGENET_MEAN) / IMAGENET_STD
    np.testing.assert_allclose(batch, np.moveaxis(expected, -1, 1), rtol=1e-4, atol=1e-5)


def test_grey_becomes_three_equal_channels_before_it_is_normalised():
    grey = np.random.default_rng(0).integers(0, 256, (2, 8, 8), dtype=np.uint8)
    colour = np.repeat(grey[..., None], 3, axis=-1)
    preparation = Preparation(size=8)
    assert torch.equal(preparation.batch(grey, [0, 1]), preparation.batch(colour, [0, 1]))
    mixed = preparation.stacked([grey[0], colour[1]])
    assert mixed.shape == (2, 8, 8, 3)


def test_mirrors_the_chosen_ones():
    images = np.random.default_rng(0).integers(0, 256, (3, 8, 8), dtype=np.uint8)
    plain = Preparation(size=8).batch(images, [0, 1, 2])
    mirrored = Preparation(size=8).batch(images, [0, 1, 2], flip=np.array([True, False, True]))
    assert torch.equal(mirrored[1], plain[1])
    assert torch.equal(mirrored[::2], plain[::2].flip(-1))


def test_variants():
    images = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    once = Preparation(size=8).batch(images, [0])
    twice = Preparation(size=8, times=2).batch(images, [0])
    mean, std = (torch.tensor(each)[:, None, None] for each in (IMAGENET_MEAN, IMAGENET_STD))
    torch.testing.assert_close(twice, (once - mean) / std)
    per_image = Preparation(size=8, per_image=True).batch(images, [0, 1])
    torch.testing.assert_close(per_image.mean((1, 2, 3)), torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(per_image.std((1, 2, 3), correction=0), torch.ones(2))
    flat = Preparation(size=8, per_image=True).batch(np.full((1, 8, 8), 7, np.uint8), [0])
    assert torch.isfinite(flat).all()
    reverse = Preparation(size=8, order="bgr").batch(images[..., ::-1].copy(), [0])
    assert torch.equal(reverse, once)


def test_resizes_as_pillow():
    image = np.random.default_rng(0).integers(0, 256, (1, 20, 30), dtype=np.uint8)
    resized = Preparation(size=10).resized(image[0])
    expected = Image.fromarray(image[0]).resize((10, 10), Image.Resampling.BILINEAR)
    assert np.array_equal(resized, np.asarray(expected))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (np.zeros((2, 8, 8, 4), np.uint8), "np.moveaxis"),
        (np.zeros((0, 8, 8), np.uint8), "must have shape"),
        (np.zeros((8, 8), np.uint8), "must have shape"),
        ([], "images must be a uint8 array"),
        ("folder", "images must be a uint8 array"),
        (3, "images must be a uint8 array"),
    ],
)
def test_what_is_not_images_is_refused(given, said):
    with pytest.raises(InputError, match=re.escape(said)):
        as_images(given)


def test_a_source_with_decode_is_read():
    class Source:
        def __len__(self):
            return 2

        def decode(self, index):
            return np.full((4, 4), index, np.uint8)

    images = as_images(Source())
    assert (len(images), images[1].tolist()) == (2, [[1] * 4] * 4)
