from __future__ import annotations

import gc
import gzip
import io
import os
import pickle
import tarfile

import numpy as np
import pytest

from steelyard.data.images import TarImages, tar_reading
from steelyard.data.images import tar_archive as module
from steelyard.data.images.picture import UnreadableImageError
from steelyard.errors import InputError


@pytest.fixture
def png(encoded):
    return lambda value: encoded(np.full((2, 3), value, np.uint8))


def packed(path, members, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, content in members:
            if isinstance(name, tarfile.TarInfo):
                archive.addfile(name)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def linked(name, to, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info, b""


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_reads_every_kind_of_packing(tmp_path, png, mode):
    members = [(f"{n % 3}/{n}.png", png(n)) for n in range(12)] + [
        ("readme.md", b"words"),
        ("noname", png(99)),
    ]
    images = TarImages(packed(tmp_path / "x.tar", members, mode))
    assert list(images.names) == sorted(name for name, _ in members if name != "readme.md")
    values = [images.decode(place).values.max() for place in range(len(images))]
    assert values == [int(name.split("/")[-1].split(".")[0]) if "/" in name else 99 for name in images.names]
    assert images.others == 1


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_reports_links_devices_and_names_that_lead_out(tmp_path, png, mode):
    members = [
        ("../evil.png", png(1)),
        linked("a.png", "/etc/passwd"),
        linked("b.png", "fine.png", tarfile.LNKTYPE),
        linked("c.png", "", tarfile.FIFOTYPE),
        ("fine.png", png(4)),
    ]
    images = TarImages(packed(tmp_path / "x.tar", members, mode))
    assert list(images.names) == ["fine.png"]
    assert [each.name for each in images.skipped] == ["../evil.png", "a.png", "b.png", "c.png"]
    assert images.decode(0).values.max() == 4


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_of_two_files_of_one_name_the_later_counts(tmp_path, png, mode):
    images = TarImages(packed(tmp_path / "x.tar", [("a.png", png(1)), ("a.png", png(2))], mode))
    assert images.decode(0).values.max() == 2
    assert "later file of this name" in images.skipped[0].reason


def test_the_temporary_file_goes_with_the_object(tmp_path, png, monkeypatch):
    monkeypatch.setattr(module.tempfile, "tempdir", str(tmp_path / "temporary"))
    os.mkdir(tmp_path / "temporary")
    images = TarImages(packed(tmp_path / "x.tar.gz", [("a.png", png(1))], "w:gz"))
    copy = pickle.loads(pickle.dumps(images))
    assert copy.decode(0).values.max() == 1
    del copy
    gc.collect()
    assert len(os.listdir(tmp_path / "temporary")) == 1
    del images
    gc.collect()
    assert os.listdir(tmp_path / "temporary") == []


def test_a_bomb_is_refused_and_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(module.tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(tar_reading, "MOST_UNPACKED", 1 << 20)
    os.mkdir(tmp_path / "temporary")
    path = packed(tmp_path / "x.tar.gz", [("a.png", bytes(30_000_000))], "w:gz")
    with pytest.raises(InputError, match="decompression bomb"):
        TarImages(path)
    gc.collect()
    assert os.listdir(tmp_path / "temporary") == []


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("less", [1, 700, 2048])
def test_a_truncated_archive_is_never_half_a_data_set(tmp_path, png, mode, less):
    path = packed(tmp_path / "x.tar", [(f"{n}.png", png(n)) for n in range(60)], mode)
    size = 60 * 1024 - less + 1 if mode == "w" else path.stat().st_size - less  # each image takes two blocks
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(InputError, match="read to its end"):
        TarImages(path)


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_damaged_header_in_the_middle_does_not_end_the_archive_silently(tmp_path, png, mode):
    path = packed(tmp_path / "x.tar", [(f"{n}.png", png(n)) for n in range(60)])
    content = bytearray(path.read_bytes())
    content[30 * 1024 + 150] ^= 0xFF  # in the checksum of the 31st header
    path.write_bytes(gzip.compress(bytes(content)) if mode == "w:gz" else content)
    with pytest.raises(InputError, match="read to its end"):
        TarImages(path)


def test_refuses_an_archive_without_images(tmp_path):
    with pytest.raises(InputError, match="must hold images"):
        TarImages(packed(tmp_path / "x.tar", [("a.txt", b"words")]))


def test_an_archive_that_shrinks_later_is_told(tmp_path, png):
    path = packed(tmp_path / "x.tar", [("a.png", png(1))])
    images = TarImages(path)
    with path.open("rb+") as file:
        file.truncate(520)
    with pytest.raises(UnreadableImageError, match="ends before"):
        images.decode(0)


def test_the_fingerprint_depends_on_the_archive(tmp_path, png):
    one = TarImages(packed(tmp_path / "x.tar", [("a.png", png(1))]))
    two = TarImages(packed(tmp_path / "y.tar", [("a.png", png(1)), ("b.png", png(1))]))
    assert one.fingerprint != two.fingerprint
    assert one.fingerprint == TarImages(tmp_path / "x.tar").fingerprint
