from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from steelyard.data.images.listed import listed_images
from steelyard.data.images.picture import UnreadableImageError
from steelyard.errors import InputError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    for value in (1, 2):
        Image.fromarray(np.full((2, 3), value, np.uint8)).save(tmp_path / f"images/{value}.png")
    return tmp_path


def listed(folder, text, **options):
    (folder / "train.csv").write_text(text)
    return listed_images(folder / "train.csv", **options)


def test_paths_start_from_the_tables_folder_in_the_tables_order(folder):
    images = listed(folder, "label,path\n0,images/2.png\n1,images/1.png\n")
    assert [images.decode(place).values.max() for place in (0, 1)] == [2, 1]


def test_or_from_another_folder(folder):
    images = listed(folder, "x\n1.png\n", root=folder / "images")
    assert images.decode(0).values.max() == 1


def test_absolute_paths_are_what_they_are(folder):
    assert listed(folder, f"path\n{folder}/images/2.png\n", root="/nowhere").decode(0).values.max() == 2


def test_each_image_counts_once_however_often_it_is_listed(folder):
    images = listed(folder, "path,box\nimages/1.png,a\nimages/1.png,b\n,c\nimages/2.png,d\n")
    assert len(images) == 2
    assert [each.reason for each in images.skipped] == [
        "the table lists it again, in row 2",
        "the table has no path there",
    ]


def test_a_path_without_a_file_is_found_when_asked_for(folder):
    with pytest.raises(UnreadableImageError, match="no such file"):
        listed(folder, "path\ngone.png\n").decode(0)


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("a,b\n1,2\n", {}, "must be named"),
        ("a,path\n1,2\n", {"column": "c"}, "must have the column 'c'"),
        ("path,b\n,1\n", {}, "is empty there"),
        ("", {}, "empty"),
    ],
)
def test_refuses_a_table_without_paths(folder, text, options, said):
    with pytest.raises(InputError, match=said):
        listed(folder, text, **options)
