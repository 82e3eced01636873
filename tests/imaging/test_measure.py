from __future__ import annotations

import numpy as np

from steelyard.data.images import ArrayImages
from steelyard.imaging.measure import Kind, measure
from steelyard.imaging.view import View

IMAGES = np.random.default_rng(3).integers(0, 256, (8, 6, 5, 3), dtype=np.uint8)


def test_kinds_are_kept_apart():
    found = measure(ArrayImages(IMAGES), range(8), View(resize=4))
    assert set(found.totals) == {Kind(True, "8-bit", 3), Kind(False, "8-bit", 3)}
    assert found.totals[Kind(False, "8-bit", 3)].pixels == 8 * 30
    assert found.sides == (4, 4, 4, 4)


def test_an_image_whose_view_fails_counts_nowhere():
    found = measure(ArrayImages(IMAGES), range(8), View(crop=6))
    assert found.totals == {}
    assert found.reasons == {"it is smaller than the crop of 6 x 6": 8}


def test_adding_blocks_lists_skipped_up_to_a_limit_and_counts_all():
    one = measure(ArrayImages(IMAGES), range(8), View(crop=6))
    both = one.plus(one, most_skipped=10)
    assert (len(both.skipped), sum(both.reasons.values())) == (10, 16)


def test_any_division_into_blocks_gives_the_same_whole_numbers():
    whole = measure(ArrayImages(IMAGES), range(8), View())
    parts = measure(ArrayImages(IMAGES), range(3), View()).plus(
        measure(ArrayImages(IMAGES), range(3, 8), View()), most_skipped=10
    )
    kind = Kind(True, "8-bit", 3)
    assert whole.totals[kind].sums == parts.totals[kind].sums
    assert whole.totals[kind].squares == parts.totals[kind].squares
    assert np.allclose(whole.totals[kind].matrix, parts.totals[kind].matrix, rtol=1e-13)


def test_16_bit_extremes_are_followed():
    values = np.array([[[[0]], [[4095]]]], np.uint16).reshape(1, 2, 1, 1)
    (found,) = measure(ArrayImages(values), [0], View()).totals.values()
    assert found.smallest.tolist() == [0.0]
    assert found.largest.tolist() == [4095 / 65535]
