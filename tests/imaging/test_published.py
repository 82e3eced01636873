from __future__ import annotations

import pytest

from steelyard.imaging.published import IMAGENET, PUBLISHED


def test_imagenet_is_what_everybody_pastes():
    assert (IMAGENET.mean, IMAGENET.std) == ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    assert IMAGENET.mean_255 == pytest.approx((123.675, 116.28, 103.53))
    assert IMAGENET.std_255 == pytest.approx((58.395, 57.12, 57.375))


@pytest.mark.parametrize("each", PUBLISHED.values(), ids=list(PUBLISHED))
def test_every_number_has_a_source_and_what_is_known_of_it(each):
    assert each.source
    assert len(each.note) > 80
    assert all(0 < value < 1 for value in (*each.mean, *each.std))
