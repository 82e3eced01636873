"""CIFAR-10 and CIFAR-100 in their authors' binary version."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from steelyard.data.images.tar_reading import whole_tar
from steelyard.errors import InputError

Split = Literal["train", "test"]
_SIDE = 32
_PIXELS = 3 * _SIDE * _SIDE
_MOST = 1 << 28
"""Bytes that a member of an archive may have; CIFAR-100's largest has 153,700,000."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledImages:
    """Images with their classes.

    Args:
        images: uint8, shape (images, 32, 32, 3), RGB.
        labels: int64, shape (images,), numbers of classes; of CIFAR-100 the fine ones.
        classes: their names.
        coarse_labels: CIFAR-100's 20 superclasses; None for CIFAR-10.
        coarse_classes: their names.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    coarse_labels: NDArray[np.int64] | None = None
    coarse_classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    name: str
    files: dict[str, tuple[str, ...]]
    label_bytes: int
    class_files: tuple[str, ...]
    classes: tuple[int, ...]


_KINDS = (
    _Kind(
        name="CIFAR-10",
        files={
            "train": tuple(f"data_batch_{number}.bin" for number in range(1, 6)),
            "test": ("test_batch.bin",),
        },
        label_bytes=1,
        class_files=("batches.meta.txt",),
        classes=(10,),
    ),
    _Kind(
        name="CIFAR-100",
        files={"train": ("train.bin",), "test": ("test.bin",)},
        label_bytes=2,
        class_files=("coarse_label_names.txt", "fine_label_names.txt"),
        classes=(20, 100),
    ),
)


def read_cifar(path: str | Path, *, split: Split = "train") -> LabelledImages:
    """Return the images and labels of CIFAR-10 or CIFAR-100.

    Read is the *binary version* (`cifar-10-binary.tar.gz`, `cifar-100-binary.tar.gz`, or the folder it unpacks to): a byte or two of
    labels and 3,072 of pixels an image, nothing else. The *python version* is made of pickles, which can run any program
    when they are opened, and is refused.

    Args:
        path: the archive, or the folder with the `.bin` files.
        split: `train` (50,000 images) or `test` (10,000).

    Raises:
        InputError: no such file, the python or Matlab version, a file that is missing, cut off, or holds labels that can't be.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     _ = Path(folder, "test_batch.bin").write_bytes(bytes([3]) + bytes(range(256)) * 12)
        ...     _ = Path(folder, "batches.meta.txt").write_text("airplane automobile bird cat deer dog frog horse ship truck")
        ...     cifar = read_cifar(folder, split="test")
        ...     cifar.images.shape, cifar.classes[cifar.labels[0]]
        ((1, 32, 32, 3), 'cat')
    """
    if split not in {"train", "test"}:
        raise InputError(f"`split` must be train or test, but got {split!r}")
    files = _folder_files(Path(path)) if os.path.isdir(path) else _archive_files(Path(path))
    kind = _kind(files, path)
    wanted = kind.files[split]
    missing = [name for name in wanted if name not in files]
    if len(missing) == len(wanted):
        raise InputError(f"{path} must hold {', '.join(wanted)}, but has none of them; download it again")
    if missing and os.path.isfile(path):
        raise InputError(f"{path} must hold {', '.join(wanted)}, but misses {missing[0]}; download it again")
    parts = [_records(files[name](), name, kind) for name in wanted if name in files]
    labels = np.concatenate([labels for labels, _ in parts]).astype(np.int64)
    images = np.concatenate([images for _, images in parts])
    names = [
        _class_names(files[name]() if name in files else b"", count, name)
        for name, count in zip(kind.class_files, kind.classes, strict=True)
    ]
    if kind.label_bytes == 1:
        return LabelledImages(images=images, labels=labels[:, 0], classes=names[0])
    return LabelledImages(
        images=images,
        labels=labels[:, 1],
        classes=names[1],
        coarse_labels=labels[:, 0],
        coarse_classes=names[0],
    )


def is_cifar(names: set[str]) -> bool:
    """Return whether files of these names (without folders) are CIFAR's, in any of its versions.

    >>> is_cifar({"data_batch_1.bin"}), is_cifar({"data_batch_1", "batches.meta"}), is_cifar({"a.png"})
    (True, True, False)
    """
    binary = any(name in names for kind in _KINDS for each in kind.files.values() for name in each)
    return binary or _is_python_version(names)


def _is_python_version(names: set[str]) -> bool:
    return (
        {"data_batch_1", "batches.meta"} <= names or {"train", "meta"} <= names or "data_batch_1.mat" in names
    )


class _Bytes:
    """Reads a file, or a member of an archive that was read already."""

    def __init__(self, content: bytes | Path) -> None:
        self._content = content

    def __call__(self) -> bytes:
        return self._content if isinstance(self._content, bytes) else self._content.read_bytes()


def _folder_files(folder: Path) -> dict[str, _Bytes]:
    inner = [folder / name for name in ("cifar-10-batches-bin", "cifar-100-binary")]
    start = next((each for each in inner if each.is_dir()), folder)
    return {each.name: _Bytes(each) for each in sorted(start.iterdir()) if each.is_file()}


def _archive_files(path: Path) -> dict[str, _Bytes]:
    """Return the members that are CIFAR's by name; others are noted, not read."""
    known = {name for kind in _KINDS for each in kind.files.values() for name in each}
    known |= {name for kind in _KINDS for name in kind.class_files}
    found: dict[str, _Bytes] = {}
    with whole_tar(os.fspath(path)) as archive:
        for member in archive.members():
            name = member.name.rpartition("/")[2]
            if not member.isreg():
                continue
            if name not in known:
                found.setdefault(name, _Bytes(b""))
                continue
            if member.size > _MOST:
                raise InputError(f"{name} of {path} must be CIFAR's, but has {member.size:,} bytes")
            found[name] = _Bytes(archive.open(member).read())
    return found


def _kind(files: dict[str, _Bytes], path: str | Path) -> _Kind:
    for kind in _KINDS:
        if any(name in files for each in kind.files.values() for name in each):
            return kind
    if _is_python_version(set(files)):
        hundred = "train" in files
        raise InputError(
            f"{path} is CIFAR's python or Matlab version, whose files are pickles (they can run any program when opened), which aren't "
            f"read; take the binary version, cifar-{100 if hundred else 10}-binary.tar.gz "
            f'(`download_cifar("cifar-{100 if hundred else 10}")`)'
        )
    raise InputError(
        f"{path} must hold CIFAR's binary version (data_batch_1.bin, train.bin, ...), but doesn't"
    )


def _records(content: bytes, name: str, kind: _Kind) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    size = kind.label_bytes + _PIXELS
    if not content or len(content) % size:
        raise InputError(
            f"{name} must be records of {size} bytes, but has {len(content)} bytes (cut off?); download it again"
        )
    table = np.frombuffer(content, np.uint8).reshape(-1, size)
    labels = table[:, : kind.label_bytes]
    too_large = labels.max(axis=0) >= np.array(kind.classes)
    if too_large.any():
        raise InputError(
            f"labels of {name} must be below {kind.classes}, but reach {labels.max(axis=0).tolist()}"
        )
    images = table[:, kind.label_bytes :].reshape(-1, 3, _SIDE, _SIDE).transpose(0, 2, 3, 1)
    return labels, np.ascontiguousarray(images)


def _class_names(content: bytes, count: int, name: str) -> tuple[str, ...]:
    """Return the names of classes; numbers where the file with the names isn't there."""
    if not content:
        return tuple(map(str, range(count)))
    names = tuple(content.decode("utf-8", "replace").split())
    if len(names) != count:
        raise InputError(f"{name} must name {count} classes, but names {len(names)}")
    return names
