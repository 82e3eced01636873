from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image


def _encoded(values, kind="PNG", **options):
    file = BytesIO()
    image = values if isinstance(values, Image.Image) else Image.fromarray(values)
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.fixture
def encoded():
    """Return a function that gives the bytes of an image file."""
    return _encoded


@pytest.fixture
def photo():
    """Return a 40 x 60 colour image with structure at several scales."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 256, (5, 8, 3), dtype=np.uint8)
    smooth = np.asarray(Image.fromarray(coarse).resize((60, 40), Image.Resampling.BICUBIC)).astype(int)
    return np.clip(smooth + rng.integers(-9, 10, smooth.shape), 0, 255).astype(np.uint8)
