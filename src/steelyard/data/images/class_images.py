"""Images by class from a folder or a zip with one folder a class, for pretraining."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from steelyard.data.images.eight_bit import decoded
from steelyard.errors import InputError

_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"}
_MOST_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassImages:
    """Small colour images and their classes.

    Args:
        images: uint8, shape (images, size, size, 3).
        labels: number of each image's class, shape (images,).
        classes: their names, sorted.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]


def read_class_images(path: Path, *, size: int) -> ClassImages:
    """Return the images below a folder or in a zip, resized to `size` pixels a side; the folder that an image is in is its class.

    Args:
        path: folder or zip.
        size: pixels a side.

    Raises:
        InputError: neither folder nor zip, an image that can't be read, fewer than 2 classes.
    """
    pixels, names = [], []
    for name, content in _members(path):
        image = Image.fromarray(decoded(content, name=f"{path}: {name}")).convert("RGB")
        if image.size != (size, size):
            image = image.resize((size, size), Image.Resampling.BILINEAR)
        pixels.append(np.asarray(image))
        names.append(PurePosixPath(name).parent.name)
    classes = tuple(sorted(set(names)))
    if len(classes) < 2:
        raise InputError(
            f"{path} must hold images in at least 2 folders, one a class, but has {len(pixels)} images in {len(classes)}; "
            "e.g. cat/1.png and dog/1.png"
        )
    labels = np.array([classes.index(each) for each in names], np.int64)
    return ClassImages(images=np.stack(pixels), labels=labels, classes=classes)


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Give the name and bytes of every image, sorted by name."""
    if path.is_dir():
        for file in sorted(each for each in path.rglob("*") if each.suffix.lower() in _SUFFIXES):
            yield file.relative_to(path).as_posix(), file.read_bytes()
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.infolist(), key=lambda each: each.filename):
                if PurePosixPath(member.filename).suffix.lower() not in _SUFFIXES:
                    continue
                if member.file_size > _MOST_BYTES:
                    raise InputError(
                        f"an image must have at most {_MOST_BYTES:,} bytes, but {member.filename} in {path} has {member.file_size:,}"
                    )
                yield member.filename, archive.read(member)
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise InputError(
            f"{path} must be a folder or a zip of images, one folder a class, but reading it failed: {error}"
        ) from error
