"""Images that are files: those below a folder, one file, or a list of paths."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from steelyard.data.images.decoding import decode_image
from steelyard.data.images.picture import MOST_BYTES, Picture, Skipped, UnreadableImageError
from steelyard.data.images.recognise import HEAD_BYTES, hidden, looks_like_image, named_as_image
from steelyard.data.images.source import fingerprint_of
from steelyard.errors import InputError


class ImageFiles:
    """Images in files, in the order given.

    Args:
        paths: the files; they are looked at when they are asked for.
        names: what to call each; the paths where left out.
        label: what to call all of them in messages.
        skipped: what was left out when the paths were collected.
        others: how many files were passed over because they aren't images.
    """

    def __init__(
        self,
        paths: Sequence[str | Path],
        *,
        names: Sequence[str] | None = None,
        label: str = "the list of files",
        skipped: Sequence[Skipped] = (),
        others: int = 0,
    ) -> None:
        self._paths = [os.fspath(path) for path in paths]
        self.names: Sequence[str] = self._paths if names is None else list(names)
        self.label = label
        self.skipped: Sequence[Skipped] = tuple(skipped)
        self.others = others

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._paths)

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of names, sizes and times of change; a file changed without changing either is not seen."""
        return fingerprint_of(_facts(self._paths, self.names))

    def read_bytes(self, index: int) -> bytes:
        """Return an image's file.

        Raises:
            UnreadableImageError: it isn't there, isn't a file, may not be read, or is larger than `MOST_BYTES`.
        """
        path = self._paths[index]
        try:
            found = os.stat(path)
            if not stat.S_ISREG(found.st_mode):  # opening a pipe would wait forever
                raise UnreadableImageError("it isn't a file")
            if found.st_size > MOST_BYTES:
                raise UnreadableImageError(
                    f"it is too large: {found.st_size:,} bytes, more than the {MOST_BYTES:,} that are read"
                )
            with open(path, "rb") as file:
                return file.read(MOST_BYTES)
        except FileNotFoundError as error:
            raise UnreadableImageError("there is no such file") from error
        except (OSError, ValueError) as error:  # ValueError: a NUL in a path
            raise UnreadableImageError(f"reading it failed: {getattr(error, 'strerror', error)}") from error

    def decode(self, index: int, *, upright: bool = False) -> Picture:
        """Return an image's pixels.

        Raises:
            UnreadableImageError: it can't be read or decoded.
        """
        return decode_image(self.read_bytes(index), upright=upright)


def folder_images(folder: str | Path) -> ImageFiles:
    """Return the images below a folder, in the order of their paths.

    A file is taken for an image by its suffix, or by its first bytes. Hidden files and folders are passed over. Links to folders are
    not followed, since they could lead in a circle or out of the data; each is reported among `skipped`.

    Args:
        folder: the folder; folders in it are read too.

    Raises:
        InputError: it can't be read, or holds no image.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from PIL import Image
        >>> with TemporaryDirectory() as name:
        ...     Image.new("L", (3, 2)).save(Path(name) / "a.png")
        ...     _ = (Path(name) / "notes.txt").write_text("not an image")
        ...     images = folder_images(name)
        ...     list(images.names), images.others, images.decode(0).values.shape
        (['a.png'], 1, (2, 3, 1))
    """
    root = Path(folder)
    paths: list[str] = []
    names: list[str] = []
    skipped: list[Skipped] = []
    others = 0
    for path, name, linked in _walk(os.fspath(root), skipped):
        if linked:
            skipped.append(
                Skipped(
                    name=name, reason="it is a link to a folder, which isn't followed; name the folder itself"
                )
            )
        elif named_as_image(name) or _image_inside(path):
            paths.append(path)
            names.append(name)
        else:
            others += 1
    if not paths:
        raise InputError(
            f"the folder must hold images, but {root} has none ({others} other files, {len(skipped)} links or folders that can't be "
            "read; hidden ones are passed over); name the folder that the images are in"
        )
    return ImageFiles(paths, names=names, label=f"the folder {root}", skipped=skipped, others=others)


def _walk(root: str, skipped: list[Skipped]) -> Iterator[tuple[str, str, bool]]:
    """Give (path, name inside the root, whether it is a link to a folder), depth first, sorted; no recursion that could be too deep."""
    waiting = [("", root)]
    while waiting:
        inside, path = waiting.pop()
        if inside and not os.path.isdir(path):
            yield path, inside, False
            continue
        if inside and os.path.islink(path):
            yield path, inside, True
            continue
        try:
            found = sorted(os.listdir(path), reverse=True)
        except OSError as error:
            if not inside:
                raise InputError(
                    f"the folder must be readable, but {root} is not: {error.strerror}"
                ) from error
            skipped.append(Skipped(name=inside, reason=f"the folder can't be read: {error.strerror}"))
            continue
        waiting.extend(
            (f"{inside}/{each}" if inside else each, os.path.join(path, each))
            for each in found
            if not hidden(each)
        )


def _image_inside(path: str) -> bool:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with open(path, "rb") as file:
            return looks_like_image(file.read(HEAD_BYTES))
    except OSError:
        return False


def _facts(paths: Sequence[str], names: Sequence[str]) -> Iterator[object]:
    for path, name in zip(paths, names, strict=True):
        yield name
        try:
            found = os.stat(path)
            yield found.st_size
            yield found.st_mtime_ns
        except (OSError, ValueError):
            yield "missing"
