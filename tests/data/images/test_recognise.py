from __future__ import annotations

import numpy as np
import pytest

from steelyard.data.images.recognise import leads_out, looks_like_image, named_as_image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "WEBP"])
def test_knows_what_pillow_writes_by_its_first_bytes(encoded, kind):
    assert looks_like_image(encoded(np.zeros((4, 4, 3), np.uint8), kind)[:132])


@pytest.mark.parametrize(
    "head", [b"", b"path,label\n", b"%PDF-1.7", b"PK\3\4", b"BM stands for Boston Marathon"]
)
def test_takes_nothing_else_for_an_image(head):
    assert not looks_like_image(head)


def test_goes_by_the_last_suffix_whatever_its_case():
    assert named_as_image("a.b/C.TIFF")
    assert not named_as_image("jpg")


@pytest.mark.parametrize("name", ["..", "a/..", "a\\..\\..\\b.png", "\\\\host\\b.png", "D:b.png"])
def test_sees_names_that_lead_out(name):
    assert leads_out(name)


def test_dots_in_names_lead_nowhere():
    assert not leads_out("a..b/...c.png")
