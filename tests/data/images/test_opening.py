from __future__ import annotations

import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from steelyard.data.images import open_images
from steelyard.errors import InputError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "folder").mkdir()
    for value in (1, 2):
        Image.fromarray(np.full((2, 3), value, np.uint8)).save(tmp_path / f"folder/{value}.png")
    return tmp_path / "folder"


def as_zip(folder):
    with zipfile.ZipFile(folder.parent / "x.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    return folder.parent / "x.zip"


def as_tar(folder):
    with tarfile.open(folder.parent / "x.tgz", "w:gz") as archive:
        archive.add(folder, "x")
    return folder.parent / "x.tgz"


def as_table(folder):
    (folder.parent / "x.csv").write_text("path\nfolder/1.png\nfolder/2.png\n")
    return folder.parent / "x.csv"


def as_npy(folder):
    values = np.stack([np.asarray(Image.open(path)) for path in sorted(folder.iterdir())])
    np.save(folder.parent / "x.npy", values)
    return folder.parent / "x.npy"


@pytest.mark.parametrize(
    "made",
    [lambda folder: folder, str, as_zip, as_tar, as_table, as_npy, lambda folder: sorted(folder.iterdir())],
)
def test_opens_whatever_it_is(folder, made):
    images = open_images(made(folder))
    assert [int(images.decode(place).values.max()) for place in range(len(images))] == [1, 2]
    assert open_images(images) is images
    assert len(images.fingerprint) == 64
    assert images.label


def test_one_file(folder):
    images = open_images(folder / "2.png")
    assert len(images) == 1
    assert images.decode(0).values.max() == 2


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        ("gone", {}, "must exist"),
        ([], {}, "list without images"),
        ([1, 2], {}, "list"),
        (7, {}, "int"),
        (np.zeros(3), {}, "must have shape"),
        ("folder", {"column": "x"}, "must come with a table"),
        (np.zeros((1, 2, 2), np.uint8), {"root": "x"}, "must come with a table"),
    ],
)
def test_says_what_it_could_open(folder, monkeypatch, source, options, said):
    monkeypatch.chdir(folder.parent)
    with pytest.raises(InputError, match=said):
        open_images(source, **options)


def test_a_file_that_is_none_of_them(tmp_path):
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    with pytest.raises(InputError, match="must be a folder, a zip or tar archive"):
        open_images(tmp_path / "x.pdf")
