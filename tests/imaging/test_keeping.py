from __future__ import annotations

import numpy as np
import pytest

from steelyard.data.images import ArrayImages
from steelyard.data.images.picture import Skipped
from steelyard.errors import InputError
from steelyard.imaging.keeping import Kept
from steelyard.imaging.measure import measure
from steelyard.imaging.view import View

IMAGES = np.random.default_rng(3).integers(0, 256, (20, 8, 8, 3), dtype=np.uint8)


def test_keeps_everything(tmp_path):
    measured = measure(ArrayImages(IMAGES), range(20), View(resize=4))
    measured.skipped.append(Skipped(name="a\udcff.png", reason="it is empty"))
    measured.reasons["it is empty"] += 1
    Kept(tmp_path / "x.json", {"a": 1}).write(measured, blocks=7)
    again, blocks = Kept(tmp_path / "x.json", {"a": 1}).read()
    assert blocks == 7
    assert again.totals.keys() == measured.totals.keys()
    assert {kind: each.to_json() for kind, each in again.totals.items()} == {
        kind: each.to_json() for kind, each in measured.totals.items()
    }
    for name in ("skipped", "reasons", "notes", "decoders", "sides"):
        assert getattr(again, name) == getattr(measured, name)
    assert list(tmp_path.iterdir()) == [tmp_path / "x.json"]


def test_nothing_there_is_a_new_pass(tmp_path):
    measured, blocks = Kept(tmp_path / "x.json", {}).read()
    assert (measured.totals, blocks) == ({}, 0)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"key": 3}', "words", "\xff"])
def test_other_files_are_refused_and_left_alone(tmp_path, content):
    (tmp_path / "x.json").write_text(content, encoding="latin-1")
    with pytest.raises(InputError, match=r"x\.json"):
        Kept(tmp_path / "x.json", {}).read()
    assert (tmp_path / "x.json").read_text(encoding="latin-1") == content


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="can be written"):
        Kept(tmp_path / "gone" / "x.json", {}).write(measure(ArrayImages(IMAGES), [0], View()), blocks=1)
