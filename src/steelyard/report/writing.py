"""Files written whole or not at all, and the check, before a long run, that they can be."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from steelyard.errors import InputError


def check_writable(path: Path) -> None:
    """Make sure that a file can be written at `path`; call it before a long run.

    Nothing is left behind: missing folders are created only when the file is written.

    Args:
        path: where the file will go; an existing file may be replaced.

    Raises:
        InputError: `path` is a folder, lies below something that isn't one, or may not be written.
    """
    try:
        if path.is_dir():
            raise InputError(
                f"the path of a report must be a file, but got the folder {path}; try {path / 'report.html'}"
            )
        with contextlib.suppress(FileNotFoundError):
            path.lstat()  # a name that no file can have raises here
        folder = path.absolute().parent
        while not folder.exists():
            folder = folder.parent
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise _unwritable(path, error) from error


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file in one step and return its path: readers see the old file or the new one, never half of it.

    Args:
        path: where to write; missing folders are created.
        content: the bytes.

    Raises:
        InputError: the file can't be written there.
    """
    check_writable(path)
    partial: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{secrets.token_hex(8)}.part")
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)
    return path


def _unwritable(path: Path, error: Exception) -> InputError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return InputError(
        f"the path of a report must be writable, but got {str(path)!r} ({reason}); "
        "try another path, or change the folder's permissions"
    )
