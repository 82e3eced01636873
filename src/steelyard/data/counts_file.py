"""Counts in a file: a sparse matrix that `scipy.sparse.save_npz` wrote."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

from steelyard.errors import InputError

LARGEST_BYTES = 1 << 36
_DAMAGED = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    TypeError,
    AttributeError,
    zipfile.BadZipFile,
    zlib.error,
)


def npz_counts(path: Path) -> Any:
    """Return the sparse matrix of counts, shape (documents, words), in an `.npz` file.

    Args:
        path: a file of `scipy.sparse.save_npz`; nothing that is pickled in it is read.

    Raises:
        InputError: another kind of file, a damaged one, or one that unzips to more than 64 GiB.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from scipy import sparse
        >>> with TemporaryDirectory() as folder:
        ...     sparse.save_npz(Path(folder) / "counts.npz", sparse.csr_array([[2, 0, 1]]))
        ...     npz_counts(Path(folder) / "counts.npz").toarray().tolist()
        [[2, 0, 1]]
    """
    from scipy import sparse  # noqa: PLC0415 - slow to import

    _check_size(path)
    try:
        loaded: Any = sparse.load_npz(path)
        matrix: Any = sparse.csr_array(loaded)
        matrix.check_format(full_check=True)
    except _DAMAGED as error:
        raise InputError(f"{path} must be a matrix that scipy.sparse.save_npz wrote, but: {error}") from error
    return matrix


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as inside:
            unzipped = sum(each.file_size for each in inside.infolist())
    except _DAMAGED as error:
        raise InputError(f"{path} must be a matrix that scipy.sparse.save_npz wrote, but: {error}") from error
    if unzipped > LARGEST_BYTES:
        raise InputError(f"{path} must unzip to at most {LARGEST_BYTES} bytes, but announces {unzipped}")
