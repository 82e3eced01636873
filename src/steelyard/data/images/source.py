"""What every source of images offers, whatever it reads: a folder, an archive, a table of paths, an array."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

from steelyard.data.images.picture import Picture, Skipped


class ImageSource(Protocol):
    """Images by their numbers, in an order that is the same on every run.

    A source can be pickled, which is how worker processes get it, and holds names and places, not pixels (an array excepted). Opening one
    decodes nothing: an image that can't be read is found when it is asked for.
    """

    @property
    def label(self) -> str:
        """Return what to call it in messages."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """Return each image's name: its path inside the source."""
        ...

    @property
    def skipped(self) -> Sequence[Skipped]:
        """Return what was left out on opening: entries that would have to be images but may not be read."""
        ...

    @property
    def others(self) -> int:
        """Return how many files were passed over because they aren't images."""
        ...

    @property
    def fingerprint(self) -> str:
        """Return a SHA-256 (hex) over names and sizes, and times or checksums where the source has them, not over every byte."""
        ...

    def __len__(self) -> int:
        """Return the number of images."""
        ...

    def decode(self, index: int, *, upright: bool = False) -> Picture:
        """Return an image's pixels.

        Raises:
            UnreadableImageError: it can't be read; the message is the reason.
        """
        ...


class EncodedImageSource(ImageSource, Protocol):
    """A source whose images are files, or members of an archive."""

    def read_bytes(self, index: int) -> bytes:
        """Return the bytes of an image's file.

        Raises:
            UnreadableImageError: it can't be read; the message is the reason.
        """
        ...


def fingerprint_of(parts: Iterable[object]) -> str:
    """Return the SHA-256 (hex) of a sequence of names and numbers.

    >>> fingerprint_of(["a", 1])[:8] == fingerprint_of(["a", 1])[:8] != fingerprint_of(["a1"])[:8]
    True
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(str(part).encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()
