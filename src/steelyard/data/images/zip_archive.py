"""Images in a zip archive, read in place: nothing is unpacked."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from steelyard.data.images.decoding import decode_image
from steelyard.data.images.descriptor import Descriptor
from steelyard.data.images.picture import MOST_BYTES, Picture, Skipped, UnreadableImageError
from steelyard.data.images.recognise import HEAD_BYTES, hidden, leads_out, looks_like_image, named_as_image
from steelyard.data.images.source import fingerprint_of
from steelyard.errors import InputError

_HEADER_BYTES = 30
_NAME_BYTES = 256
"""Read ahead for the name and what else stands between a member's header and its content, so that one read mostly gets all."""
_ENCRYPTED = 1
_FAILURES = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error, zipfile.BadZipFile)
"""What zipfile raises on members that are damaged, encrypted, or packed in a way it doesn't know."""


class _Member(NamedTuple):
    at: int
    position: int
    packed_size: int
    size: int
    crc: int
    compression: int


class ZipImages:
    """The images of a zip archive, in the order of their names.

    Args:
        path: the archive.

    Raises:
        InputError: it can't be read, isn't a zip archive, or holds no image.

    Example:
        >>> from io import BytesIO
        >>> from tempfile import TemporaryDirectory
        >>> from PIL import Image
        >>> with TemporaryDirectory() as folder:
        ...     image = BytesIO()
        ...     Image.new("RGB", (3, 2)).save(image, "PNG")
        ...     with zipfile.ZipFile(f"{folder}/some.zip", "w") as archive:
        ...         archive.writestr("train/a.png", image.getvalue())
        ...         archive.writestr("readme.md", "some images")
        ...     images = ZipImages(f"{folder}/some.zip")
        ...     list(images.names), images.decode(0).values.shape
        (['train/a.png'], (2, 3, 3))
    """

    def __init__(self, path: str | Path) -> None:
        self._path = os.fspath(path)
        self.label = f"the archive {self._path}"
        try:
            with zipfile.ZipFile(self._path) as archive:
                infos = archive.infolist()
                chosen, self.skipped, self.others = _chosen(archive, infos)
        except _FAILURES as error:
            raise InputError(f"{self._path} must be a zip archive that can be read, but: {error}") from error
        if not chosen:
            raise InputError(
                f"the archive must hold images, but {self._path} has none that may be read ({len(self.skipped)} left out, "
                f"{self.others} other files)"
            )
        self.names: Sequence[str] = [infos[at].filename for at in chosen]
        self._members = [_member(infos[at], at) for at in chosen]
        self._file = Descriptor(self._path)

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._members)

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of names, sizes and CRC-32 of the images."""
        return fingerprint_of(
            each
            for name, member in zip(self.names, self._members, strict=True)
            for each in (name, member.size, member.crc)
        )

    def read_bytes(self, index: int) -> bytes:
        """Return an image's file.

        Raises:
            UnreadableImageError: it is damaged (CRC-32), or larger than `MOST_BYTES`.
        """
        member = self._members[index]
        if max(member.size, member.packed_size) > MOST_BYTES:
            raise UnreadableImageError(
                f"it is too large: it unpacks to {member.size:,} bytes, more than the {MOST_BYTES:,} that are read"
            )
        try:
            if member.compression not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                with zipfile.ZipFile(self._path) as archive:
                    return archive.read(archive.infolist()[member.at])
            return _read(self._file, member)
        except UnreadableImageError:
            raise
        except _FAILURES as error:
            raise UnreadableImageError(f"reading it from the archive failed: {error}") from error

    def decode(self, index: int, *, upright: bool = False) -> Picture:
        """Return an image's pixels.

        Raises:
            UnreadableImageError: it can't be read or decoded.
        """
        return decode_image(self.read_bytes(index), upright=upright)


def _read(file: Descriptor, member: _Member) -> bytes:
    """Return a member: zipfile takes as long to open one as decoding a small JPEG takes, and wants the whole directory in memory."""
    packed_size = member.packed_size
    found = file.read(_HEADER_BYTES + _NAME_BYTES + packed_size, at=member.position)
    if len(found) < _HEADER_BYTES or found[:4] != b"PK\x03\x04":
        raise UnreadableImageError("reading it from the archive failed: no header where the directory says")
    start = _HEADER_BYTES + int.from_bytes(found[26:28], "little") + int.from_bytes(found[28:30], "little")
    if start <= _HEADER_BYTES + _NAME_BYTES:
        content = found[start : start + packed_size]
    else:
        content = file.read(packed_size, at=member.position + start)
    if member.compression == zipfile.ZIP_DEFLATED:
        content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, member.size + 1)
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        raise UnreadableImageError("reading it from the archive failed: its size or checksum is wrong")
    return content


def _member(info: zipfile.ZipInfo, at: int) -> _Member:
    return _Member(at, info.header_offset, info.compress_size, info.file_size, info.CRC, info.compress_type)


def _chosen(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]
) -> tuple[list[int], tuple[Skipped, ...], int]:
    """Return the places of the images by name, what was left out, and the number of other files."""
    last: dict[str, int] = {}
    skipped: list[Skipped] = []
    others = 0
    for at, info in enumerate(infos):
        name = info.filename
        if info.is_dir() or hidden(name):
            continue
        if not (named_as_image(name) or _image_inside(archive, info)):
            others += 1
            continue
        reason = _refused(info)
        if reason:
            skipped.append(Skipped(name=name, reason=reason))
        elif name in last:
            skipped.append(
                Skipped(name=name, reason="the archive has a later file of this name, which is read instead")
            )
            last[name] = at
        else:
            last[name] = at
    return [last[name] for name in sorted(last)], tuple(skipped), others


def _refused(info: zipfile.ZipInfo) -> str | None:
    if leads_out(info.filename):
        return "its name leads out of the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link"
    if info.flag_bits & _ENCRYPTED:
        return "it is encrypted"
    return None


def _image_inside(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    try:
        with archive.open(info) as member:
            return looks_like_image(member.read(HEAD_BYTES))
    except _FAILURES:
        return False
