"""scikit-learn's handwritten digits as small colour images, the images that need no file."""

from __future__ import annotations

import numpy as np
from PIL import Image

from steelyard.data.images.class_images import ClassImages


def digits(side: int) -> ClassImages:
    """Return 1,797 digits as uint8 images, shape (1797, side, side, 3), resized bilinearly, red, green and blue alike.

    Source: E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository (the test set, 8x8).

    Args:
        side: pixels a side.

    Example:
        >>> digits(8).images.shape
        (1797, 8, 8, 3)
    """
    from sklearn.datasets import load_digits  # noqa: PLC0415 - slow to import

    given = load_digits()
    grey = np.round(given.images * 255 / 16).astype(np.uint8)
    large = [
        np.asarray(Image.fromarray(each).resize((side, side), Image.Resampling.BILINEAR)) for each in grey
    ]
    images = np.repeat(np.stack(large)[..., None], 3, axis=-1)
    return ClassImages(
        images=images, labels=given.target.astype(np.int64), classes=tuple(map(str, range(10)))
    )
