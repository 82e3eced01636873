from __future__ import annotations

import numpy as np
import pytest

from steelyard.data.images import ArrayImages
from steelyard.data.images.source import fingerprint_of


def test_fingerprints_tell_where_one_part_ends():
    assert fingerprint_of(["ab", "c"]) != fingerprint_of(["a", "bc"])


@pytest.mark.parametrize("index", [2, 100])
def test_there_is_no_image_behind_the_last(index):
    with pytest.raises(IndexError):
        ArrayImages(np.zeros((2, 3, 3), np.uint8)).decode(index)
