"""Documents from a folder of text files: one document a file, in the order of their paths."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from steelyard.errors import InputError

LARGEST_FILE_BYTES = 1 << 30


def folder_texts(folder: Path, *, pattern: str = "*", encoding: str = "utf-8") -> Iterator[tuple[str, str]]:
    """Give the files below a folder as (path inside the folder, text), in the order of their paths.

    Hidden files and folders (those whose name starts with a dot) are passed over, and so are links to folders, which could
    lead in a circle. A byte order mark is dropped.

    Args:
        folder: the folder; folders in it are read too.
        pattern: only files whose name matches, e.g. `*.txt`.
        encoding: how the files are written; there is no guessing.

    Raises:
        InputError: no file that matches, a file that can't be read or decoded, one with a NUL byte (not text), one of more than
            1 GiB, an unknown encoding.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as name:
        ...     _ = (Path(name) / "b.txt").write_text("second")
        ...     _ = (Path(name) / "a.txt").write_text("first")
        ...     list(folder_texts(Path(name)))
        [('a.txt', 'first'), ('b.txt', 'second')]
    """
    check_encoding(encoding)
    found = False
    for path in _files(folder):
        if path.match(pattern):
            found = True
            yield path.relative_to(folder).as_posix(), read_text(path, encoding=encoding)
    if not found:
        wanted = "files" if pattern == "*" else f"files that match {pattern}"
        raise InputError(
            f"the folder must hold {wanted}, but {folder} has none (hidden ones are passed over)"
        )


def read_text(path: Path, *, encoding: str = "utf-8") -> str:
    """Return a file's text; its errors name the file and the byte."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            raise InputError(
                f"a document must have at most {LARGEST_FILE_BYTES} bytes, but {path} has {size}; cut it into parts"
            )
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} must be readable, but: {error}") from error
    if encoding.lower().replace("-", "_") in {"utf_8", "utf8"}:
        content = content.removeprefix(b"\xef\xbb\xbf")
        if b"\0" in content:
            raise InputError(
                f"{path} must be text, but byte {content.index(0)} is NUL; keep other files out (--files '*.txt'), or say the encoding"
            )
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        shown = " ".join(f"0x{byte:02x}" for byte in content[error.start : error.start + 1])
        raise InputError(
            f"{path} must be {encoding} text, but byte {error.start} ({shown}) is not; say how it is written "
            "(--encoding latin-1), or convert it"
        ) from error


def check_encoding(encoding: str) -> None:
    """Raise InputError for an encoding that Python doesn't know."""
    try:
        "".encode(encoding)
    except LookupError as error:
        raise InputError(
            f"`encoding` must be one that Python knows (utf-8, latin-1, ...), but got {encoding!r}"
        ) from error


def _files(folder: Path) -> Iterator[Path]:
    try:
        paths = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise InputError(f"the folder must be readable, but: {error}") from error
    for path in paths:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            if not path.is_symlink():
                yield from _files(path)
        elif path.is_file():
            yield path
