"""Tar archives from their start to their end: tarfile takes one that was cut off, or damaged in a header, for a short one."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import IO, cast

from steelyard.errors import InputError

MOST_UNPACKED = 1 << 30
"""Bytes that any archive may unpack to; beyond, at most `MOST_RATIO` times its size."""
MOST_RATIO = 100
FAILURES = (OSError, EOFError, ValueError, tarfile.TarError, zlib.error, lzma.LZMAError)
"""What reading an archive that is damaged, cut off, or none raises."""
_BLOCK = 512
_AT_ONCE = 1 << 20
_PACKED: dict[bytes, Callable[..., object]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\0": lzma.open,
}


class WholeTar:
    """A tar archive that is read once, in order, compressed or not.

    Args:
        archive: tarfile's view of it.
        content: what that reads.
        packed: whether it is compressed.
        most: bytes that it may unpack to.
    """

    def __init__(self, archive: tarfile.TarFile, content: _Watched, *, packed: bool, most: int) -> None:
        self._archive, self._content, self.packed, self._most = archive, content, packed, most

    def members(self) -> Iterator[tarfile.TarInfo]:
        """Give every member, and at the end make sure that it is one.

        Raises:
            InputError: it ends without the mark that stands at the end, or unpacks to more than it may.
        """
        for info in self._archive:
            self._check(self._archive.offset)
            yield info
            self._archive.members = []  # type: ignore[attr-defined]  # tarfile keeps every header it has seen
        if self._content.last != bytes(_BLOCK):
            raise InputError(
                f"{self._archive.name!s} must be a tar archive that can be read to its end, but ends without the mark that stands there (cut "
                "off, or damaged?); get it again"
            )
        unpacked = self._archive.offset
        while self.packed and (part := self._content.read(_AT_ONCE)):  # as far as the checksum
            unpacked += len(part)
            self._check(unpacked)

    def open(self, info: tarfile.TarInfo) -> IO[bytes]:
        """Return the content of the member that was given last; a regular file."""
        content = self._archive.extractfile(info)
        assert content is not None
        return content

    def _check(self, unpacked: int) -> None:
        if self.packed and unpacked > self._most:
            raise InputError(
                f"a compressed archive must unpack to at most 1 GiB or {MOST_RATIO} times its size, but {self._archive.name!s} has more (a "
                "decompression bomb?); unpack it yourself if you trust it, and name the folder"
            )


@contextmanager
def whole_tar(path: str) -> Generator[WholeTar, None, None]:
    """Open a tar archive, `.tar`, `.tar.gz`, `.tar.bz2` or `.tar.xz`.

    Args:
        path: the archive.

    Raises:
        InputError: it can't be read, or is no tar archive.

    Example:
        >>> from io import BytesIO
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     with tarfile.open(f"{folder}/a.tar.gz", "w:gz") as archive:
        ...         archive.addfile(tarfile.TarInfo("empty.txt"), BytesIO())
        ...     with whole_tar(f"{folder}/a.tar.gz") as archive:
        ...         [info.name for info in archive.members()]
        ['empty.txt']
    """
    try:
        with open(path, "rb") as file:
            head = file.read(6)
            size = file.seek(0, 2)
        opener = next((opener for mark, opener in _PACKED.items() if head.startswith(mark)), None)
        with (
            cast("IO[bytes]", (opener or open)(path, "rb")) as plain,
            tarfile.open(path, fileobj=cast("IO[bytes]", watched := _Watched(plain)), mode="r:") as archive,
        ):
            most = max(MOST_UNPACKED, MOST_RATIO * size)
            yield WholeTar(archive, watched, packed=opener is not None, most=most)
    except InputError:
        raise
    except FAILURES as error:
        raise InputError(
            f"{path} must be a tar archive that can be read to its end, but: {error}; get it again"
        ) from error


class _Watched:
    """A file that remembers what was read last."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.last = b""

    def read(self, size: int = -1) -> bytes:
        self.last = self._file.read(size)
        return self.last

    def seek(self, position: int, whence: int = 0) -> int:
        return self._file.seek(position, whence)

    def tell(self) -> int:
        return self._file.tell()
