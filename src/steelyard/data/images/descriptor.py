"""An open file that a pickled or forked object opens again for itself."""

from __future__ import annotations

import os
import weakref
from typing import Any


class Descriptor:
    """Reads a file at any place, from any number of threads; opened when first used, in each process of its own.

    Args:
        path: the file.

    Example:
        >>> from tempfile import NamedTemporaryFile
        >>> with NamedTemporaryFile() as file:
        ...     _ = file.write(b"steelyard")
        ...     file.flush()
        ...     Descriptor(file.name).read(5, at=0)
        b'steel'
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor = -1
        self._process = -1

    def __getstate__(self) -> dict[str, Any]:
        """Keep the path only."""
        return {"_path": self._path, "_descriptor": -1, "_process": -1}

    def read(self, size: int, *, at: int) -> bytes:
        """Return bytes from a place on; fewer where the file ends.

        Raises:
            OSError: it can't be opened or read.
        """
        if self._process != os.getpid():
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            self._process = os.getpid()
            weakref.finalize(self, os.close, self._descriptor)
        return os.pread(self._descriptor, size, at)
