from __future__ import annotations

import os

import numpy as np
import pytest

from steelyard.data.images import ArrayImages
from steelyard.errors import TrialError
from steelyard.imaging.view import View
from steelyard.imaging.working import measured_blocks

IMAGES = np.random.default_rng(3).integers(0, 256, (40, 4, 4), dtype=np.uint8)
BLOCKS = [range(start, start + 2) for start in range(0, 40, 2)]


class Killer(ArrayImages):
    """A source at which its process dies, as one does that runs out of memory."""

    def decode(self, index, *, upright=False):
        if index == 11 and os.getpid() != self.parent:
            os._exit(137)
        return super().decode(index, upright=upright)


def test_every_block_comes_back_in_its_order_and_stopping_early_ends_the_workers():
    found = measured_blocks(ArrayImages(IMAGES), BLOCKS, View(), workers=2)
    first = [next(found) for _ in range(15)]
    found.close()
    expected = list(measured_blocks(ArrayImages(IMAGES), BLOCKS, View(), workers=1))
    sums = [next(iter(each.totals.values())).sums for each in first]
    assert sums == [next(iter(each.totals.values())).sums for each in expected[:15]]
    assert len(expected) == 20


def test_a_killed_worker_is_told():
    source = Killer(IMAGES)
    source.parent = os.getpid()
    with pytest.raises(TrialError, match="worker process died"):
        list(measured_blocks(source, BLOCKS, View(), workers=2))
