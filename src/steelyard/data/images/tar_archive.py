"""Images in a tar archive: read in place, or from a temporary file when the archive is compressed."""

from __future__ import annotations

import os
import tarfile
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from steelyard.data.images.decoding import decode_image
from steelyard.data.images.descriptor import Descriptor
from steelyard.data.images.picture import MOST_BYTES, Picture, Skipped, UnreadableImageError
from steelyard.data.images.recognise import HEAD_BYTES, hidden, leads_out, looks_like_image, named_as_image
from steelyard.data.images.source import fingerprint_of
from steelyard.data.images.tar_reading import WholeTar, whole_tar
from steelyard.errors import InputError

_AT_ONCE = 1 << 20


class _Member(NamedTuple):
    position: int
    size: int


class TarImages:
    """The images of a tar archive (`.tar`, `.tar.gz`, `.tar.bz2`, `.tar.xz`), in the order of their names.

    A compressed archive can't be read from its middle, so its images (nothing else) are written once, one after the other, to a
    temporary file, which is removed with this object.

    Args:
        path: the archive.

    Raises:
        InputError: it can't be read, isn't a tar archive, holds no image, or unpacks to more than 1 GiB and 100 times its size.

    Example:
        >>> from io import BytesIO
        >>> from tempfile import TemporaryDirectory
        >>> from PIL import Image
        >>> with TemporaryDirectory() as folder:
        ...     Image.new("L", (3, 2)).save(f"{folder}/a.png")
        ...     with tarfile.open(f"{folder}/some.tar.gz", "w:gz") as archive:
        ...         archive.add(f"{folder}/a.png", "train/a.png")
        ...     images = TarImages(f"{folder}/some.tar.gz")
        ...     list(images.names), images.decode(0).values.shape
        (['train/a.png'], (2, 3, 1))
    """

    def __init__(self, path: str | Path) -> None:
        self.label = f"the archive {path}"
        self._data = os.fspath(path)
        self._spool: Any = None
        with whole_tar(self._data) as archive:
            if archive.packed:
                file = tempfile.NamedTemporaryFile(prefix="steelyard-images-", delete=False)  # noqa: SIM115 - kept for workers
                self._spool = weakref.finalize(self, _remove, file.name, os.getpid())
                self._data = file.name
                with file:
                    found = _Found(archive, file)
            else:
                found = _Found(archive, None)
        if not found.members:
            raise InputError(
                f"the archive must hold images, but {path} has none that may be read ({len(found.skipped)} left out, {found.others} "
                "other files)"
            )
        self.names: Sequence[str] = sorted(found.members)
        self._members = [found.members[name] for name in self.names]
        self.skipped: Sequence[Skipped] = tuple(found.skipped)
        self.others = found.others
        self._origin = _origin(path)
        self._file = Descriptor(self._data)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the temporary file to the process that made it."""
        return {**self.__dict__, "_spool": None}

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._members)

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of names, places and sizes, and the archive's size and time of change."""
        parts = (
            each for name, member in zip(self.names, self._members, strict=True) for each in (name, *member)
        )
        return fingerprint_of((*self._origin, *parts))

    def read_bytes(self, index: int) -> bytes:
        """Return an image's file.

        Raises:
            UnreadableImageError: it is larger than `MOST_BYTES`, or the archive can no longer be read.
        """
        member = self._members[index]
        if member.size > MOST_BYTES:
            raise UnreadableImageError(
                f"it is too large: {member.size:,} bytes, more than the {MOST_BYTES:,} that are read"
            )
        try:
            content = self._file.read(member.size, at=member.position)
        except OSError as error:
            raise UnreadableImageError(f"reading it from the archive failed: {error.strerror}") from error
        if len(content) != member.size:
            raise UnreadableImageError("the archive ends before it does")
        return content

    def decode(self, index: int, *, upright: bool = False) -> Picture:
        """Return an image's pixels.

        Raises:
            UnreadableImageError: it can't be read or decoded.
        """
        return decode_image(self.read_bytes(index), upright=upright)


class _Found:
    """What an archive holds.

    Args:
        archive: read to its end.
        spool: where to copy images; None leaves them in the archive.
    """

    def __init__(self, archive: WholeTar, spool: IO[bytes] | None) -> None:
        self.members: dict[str, _Member] = {}
        self.skipped: list[Skipped] = []
        self.others = 0
        self._archive = archive
        self._spool = spool
        for info in archive.members():
            if not info.isdir() and not hidden(info.name):
                self._take(info)

    def _take(self, info: tarfile.TarInfo) -> None:
        if not info.isreg() or info.issparse():
            if named_as_image(info.name):
                self.skipped.append(Skipped(name=info.name, reason="it is a link or a special file"))
            else:
                self.others += 1
            return
        content = self._archive.open(info)
        head = content.read(HEAD_BYTES)
        if not (named_as_image(info.name) or looks_like_image(head)):
            self.others += 1
        elif leads_out(info.name):
            self.skipped.append(Skipped(name=info.name, reason="its name leads out of the archive"))
        else:
            if info.name in self.members:
                reason = "the archive has a later file of this name, which is read instead"
                self.skipped.append(Skipped(name=info.name, reason=reason))
            self.members[info.name] = self._kept(content, head, info)

    def _kept(self, content: IO[bytes], head: bytes, info: tarfile.TarInfo) -> _Member:
        if self._spool is None:
            return _Member(info.offset_data, info.size)
        position = self._spool.tell()
        if info.size <= MOST_BYTES:
            self._spool.write(head)
            while part := content.read(_AT_ONCE):
                self._spool.write(part)
        return _Member(position, info.size)


def _origin(path: str | Path) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns


def _remove(path: str, process: int) -> None:
    """Remove the temporary file, unless this is a forked process that didn't make it."""
    if os.getpid() == process:
        os.unlink(path)
