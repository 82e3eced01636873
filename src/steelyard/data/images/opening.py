"""Finding out what a user has: a folder, an archive, a table, a file, an array, a list."""

from __future__ import annotations

import os
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from steelyard.data.images.array import ArrayImages, npy_images
from steelyard.data.images.cifar import Split, is_cifar, read_cifar
from steelyard.data.images.files import ImageFiles, folder_images
from steelyard.data.images.listed import listed_images
from steelyard.data.images.recognise import HEAD_BYTES, looks_like_image, named_as_image
from steelyard.data.images.source import ImageSource
from steelyard.data.images.tar_archive import TarImages
from steelyard.data.images.tar_reading import whole_tar
from steelyard.data.images.zip_archive import ZipImages
from steelyard.errors import InputError

_TABLES = (
    ".csv",
    ".tsv",
    ".parquet",
    ".jsonl",
    ".ndjson",
    ".arrow",
    ".feather",
    ".csv.gz",
    ".tsv.gz",
    ".jsonl.gz",
)


def open_images(
    source: str | Path | Sequence[str | Path] | NDArray[Any] | ImageSource,
    *,
    column: str | None = None,
    root: str | Path | None = None,
    split: Split = "train",
) -> ImageSource:
    """Return a source of images, whatever the user has.

    Args:
        source: a folder; a zip or tar archive; a table with a column of paths (CSV, TSV, JSON Lines, Parquet, Arrow); one image file; CIFAR's
            binary version; a `.npy` file; an array of shape (images, height, width[, channels]); a list of paths; or a source.
        column: of a table, the column of paths.
        root: of a table, the folder that relative paths start from.
        split: of CIFAR, `train` or `test`.

    Raises:
        InputError: nothing there, nothing that images can be read from, or options that don't belong to it.

    Example:
        >>> len(open_images(np.zeros((3, 8, 8), np.uint8)))
        3
    """
    if isinstance(source, str | Path):
        path = Path(source).expanduser()
        if (column is not None or root is not None) and not _is_table(path):
            raise InputError(f"`column` and `root` must come with a table of paths, but got {path}")
        return _open_path(path, column=column, root=root, split=split)
    if column is not None or root is not None:
        raise InputError("`column` and `root` must come with a table of paths, but got another source")
    given: object = source
    if isinstance(given, np.ndarray):
        return ArrayImages(given)
    if isinstance(given, Sequence) and given and all(isinstance(each, str | Path) for each in given):
        return ImageFiles(given)
    if hasattr(given, "decode") and hasattr(given, "names"):
        return cast("ImageSource", given)
    raise InputError(
        "`source` must be a path, an array, a list of paths or a source of images, but got "
        f"{type(given).__name__}{' without images' if isinstance(given, Sequence) else ''}"
    )


def _open_path(path: Path, *, column: str | None, root: str | Path | None, split: Split) -> ImageSource:
    try:
        if path.is_dir():
            return _open_folder(path, split)
        if not path.exists():
            raise InputError(
                f"the source of images must exist, but there is nothing at {path}; check the path"
            )
        if _is_table(path):
            return listed_images(path, column=column, root=root)
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if path.suffix.lower() == ".npy":
            return npy_images(path)
        if looks_like_image(head) or named_as_image(path.name):
            return ImageFiles([path], label=f"the file {path}")
        if zipfile.is_zipfile(path):
            return ZipImages(path)
        if tarfile.is_tarfile(path):
            return _open_tar(path, split)
    except OSError as error:
        raise InputError(f"{path} must be readable, but: {error}") from error
    raise InputError(
        f"the source of images must be a folder, a zip or tar archive, a table of paths ({', '.join(_TABLES)}), an image or a .npy file, "
        f"but {path} is none of them"
    )


def _open_folder(path: Path, split: Split) -> ImageSource:
    inside = {each.name for each in os.scandir(path)}
    if is_cifar(inside) and not any(named_as_image(name) for name in inside):
        return ArrayImages(read_cifar(path, split=split).images, label=f"CIFAR ({split}) in {path}")
    return folder_images(path)


def _open_tar(path: Path, split: Split) -> ImageSource:
    with whole_tar(os.fspath(path)) as archive:
        first = next((member.name for member in archive.members() if member.isreg()), "")
    if first.endswith(".bin") or first.split("/")[0] in _CIFAR_FOLDERS:  # CIFAR's archives hold nothing else
        return ArrayImages(read_cifar(path, split=split).images, label=f"CIFAR ({split}) in {path}")
    return TarImages(path)


_CIFAR_FOLDERS = frozenset(
    {"cifar-10-batches-bin", "cifar-100-binary", "cifar-10-batches-py", "cifar-100-python"}
)


def _is_table(path: Path) -> bool:
    return path.name.lower().endswith(_TABLES)
