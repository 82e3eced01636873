from __future__ import annotations

import pickle
import stat
import warnings
import zipfile

import numpy as np
import pytest

from steelyard.data.images import ZipImages
from steelyard.data.images.picture import MOST_BYTES, UnreadableImageError
from steelyard.errors import InputError


@pytest.fixture
def png(encoded):
    return lambda value: encoded(np.full((2, 3), value, np.uint8))


def packed(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # duplicate names
        for name, content in members:
            archive.writestr(name, content)
    return ZipImages(path)


@pytest.mark.parametrize(
    "compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_reads_every_kind_of_packing(tmp_path, png, compression):
    images = packed(tmp_path / "x.zip", [("b/2.png", png(2)), ("a/1.png", png(1))], compression)
    assert list(images.names) == ["a/1.png", "b/2.png"]
    assert [images.decode(place).values.max() for place in (0, 1)] == [1, 2]


def test_takes_images_by_name_or_content(tmp_path, png):
    images = packed(
        tmp_path / "x.zip",
        [
            ("a", png(1)),
            ("readme.md", "words"),
            ("__MACOSX/._b.png", "x"),
            (".c.png", png(2)),
            ("d.png", "words"),
        ],
    )
    assert list(images.names) == ["a", "d.png"]
    assert images.others == 1
    with pytest.raises(UnreadableImageError, match="isn't an image"):
        images.decode(1)


def test_names_that_lead_out_and_links_are_reported_and_not_read(tmp_path, png):
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    members = [
        ("../evil.png", png(1)),
        ("/etc/evil.png", png(1)),
        (link, "/etc/passwd"),
        ("fine.png", png(3)),
    ]
    images = packed(tmp_path / "x.zip", members)
    assert list(images.names) == ["fine.png"]
    assert [each.reason for each in images.skipped] == [
        "its name leads out of the archive",
        "its name leads out of the archive",
        "it is a link",
    ]
    assert list(tmp_path.parent.glob("evil.png")) == []


def test_of_two_files_of_one_name_the_later_counts_and_the_earlier_is_reported(tmp_path, png):
    images = packed(tmp_path / "x.zip", [("a.png", png(1)), ("a.png", png(2))])
    assert len(images) == 1
    assert images.decode(0).values.max() == 2
    assert "later file of this name" in images.skipped[0].reason


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_member_is_told_by_its_checksum(tmp_path, png, compression):
    path = tmp_path / "x.zip"
    packed(path, [("a.png", png(1)), ("b.png", png(2))], compression)
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    images = ZipImages(path)
    with pytest.raises(UnreadableImageError, match="from the archive failed"):
        images.read_bytes(0)
    assert images.decode(1).values.max() == 2


def test_a_member_that_unpacks_to_too_much_is_not_unpacked(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.png", "w") as member:
        for _ in range(MOST_BYTES // (1 << 22) + 1):
            member.write(bytes(1 << 22))
    assert path.stat().st_size < 2_000_000
    with pytest.raises(UnreadableImageError, match="unpacks to"):
        ZipImages(path).read_bytes(0)


def test_a_member_that_lies_about_its_size_is_not_unpacked_beyond_it(tmp_path):
    path = tmp_path / "x.zip"
    content = bytes(5_000_000)
    packed(path, [("liar.png", content)], zipfile.ZIP_DEFLATED)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(len(content).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    with pytest.raises(UnreadableImageError, match="size or checksum"):
        ZipImages(path).read_bytes(0)


def test_an_encrypted_member_is_reported(tmp_path, png):
    path = tmp_path / "x.zip"
    packed(path, [("a.png", png(1)), ("b.png", png(2))])
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    images = ZipImages(path)
    assert list(images.names) == ["b.png"]
    assert images.skipped[0].reason == "it is encrypted"


@pytest.mark.parametrize("content", [b"", b"PK\3\4 and nothing more", b"words"])
def test_refuses_what_is_no_archive(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(InputError, match="must be a zip archive"):
        ZipImages(tmp_path / "x.zip")


def test_refuses_an_archive_without_images(tmp_path):
    with pytest.raises(InputError, match="must hold images"):
        packed(tmp_path / "x.zip", [("a.txt", "words")])


def test_an_archive_replaced_is_another(tmp_path, png):
    first = packed(tmp_path / "x.zip", [("a.png", png(1))])
    assert first.decode(0).values.max() == 1
    (tmp_path / "x.zip").unlink()
    second = packed(tmp_path / "x.zip", [("a.png", png(2))])
    assert second.decode(0).values.max() == 2
    assert first.fingerprint != second.fingerprint


def test_can_be_sent_to_another_process(tmp_path, png):
    images = packed(tmp_path / "x.zip", [("a.png", png(9))])
    assert images.decode(0).values.max() == 9
    assert pickle.loads(pickle.dumps(images)).decode(0).values.max() == 9


def test_an_archive_behind_other_bytes(tmp_path, png):
    packed(tmp_path / "x.zip", [("a.png", png(5))])
    (tmp_path / "y.zip").write_bytes(b"#!/bin/sh\n" * 30 + (tmp_path / "x.zip").read_bytes())
    assert ZipImages(tmp_path / "y.zip").decode(0).values.max() == 5
