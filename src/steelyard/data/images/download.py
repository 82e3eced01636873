"""Downloads of CIFAR-10 and CIFAR-100, checked against the sums that their authors publish."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from steelyard.errors import InputError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

CifarName = Literal["cifar-10", "cifar-100"]
CIFAR_URL = "https://www.cs.toronto.edu/~kriz/"
CIFAR_MD5 = {
    "cifar-10": ("cifar-10-binary.tar.gz", "md5:c32a1d4ab5d03f1284b67883e8d87530"),
    "cifar-100": ("cifar-100-binary.tar.gz", "md5:03b5dce01913d631647c71ecec9e9cb8"),
}
"""File and MD5 of the binary versions, from https://www.cs.toronto.edu/~kriz/cifar.html. MD5 tells a damaged file from a whole one, not a
forged one: nothing in the file is run, and https says whose it is."""


def download_cifar(
    name: CifarName = "cifar-10",
    *,
    folder: str | Path | None = None,
    url: str = CIFAR_URL,
    progress: bool = False,
) -> Path:
    """Return the path of CIFAR's binary version, downloaded unless it is there (about 165 MB).

    Args:
        name: `cifar-10` or `cifar-100`.
        folder: where to keep it; None for pooch's cache folder of this user.
        url: folder on a server, with a slash at its end; for mirrors.
        progress: show a bar on stderr.

    Raises:
        InputError: another name, no connection, or a file with another checksum (a damaged one isn't kept).

    Example:
        >>> path = download_cifar("cifar-10")                              # doctest: +SKIP
        >>> read_cifar(path).images.shape                                  # doctest: +SKIP
        (50000, 32, 32, 3)
    """
    if name not in CIFAR_MD5:
        raise InputError(f"`name` must be one of {', '.join(CIFAR_MD5)}, but got {name!r}")
    file, known = CIFAR_MD5[name]
    return fetch(url + file, known_hash=known, folder=folder, progress=progress)


def fetch(url: str, *, known_hash: str, folder: str | Path | None = None, progress: bool = False) -> Path:
    """Return the path of a file from the net, downloaded unless it is there, and checked.

    Args:
        url: its address.
        known_hash: `md5:...` or `sha256:...`.
        folder: where to keep it; None for pooch's cache folder of this user.
        progress: show a bar on stderr.

    Raises:
        InputError: no connection, no such file, a folder that can't be written, another checksum.
    """
    import pooch  # noqa: PLC0415 - only when something is downloaded

    target = Path(folder) if folder is not None else Path(pooch.os_cache("steelyard"))
    file = url.rpartition("/")[2]
    pooch.get_logger().setLevel("WARNING")
    downloader = pooch.HTTPDownloader(progressbar=_Bar() if progress else False, timeout=30)
    try:
        return Path(
            pooch.retrieve(url, known_hash=known_hash, fname=file, path=target, downloader=downloader)
        )
    except OSError as error:
        raise InputError(
            f"{url} must be downloadable to {target}, but: {error}; fetch {file} by other means and give its path"
        ) from error
    except ValueError as error:
        raise InputError(
            f"{file} must have the checksum {known_hash}, but what {url} gave has another; it was not kept"
        ) from error


class _Bar:
    """A rich bar with the methods that pooch calls on tqdm's."""

    def __init__(self) -> None:
        self.total = 0
        self._shown: Progress | None = None
        self._task: TaskID | None = None

    def update(self, count: int) -> None:
        """Move on by `count` bytes."""
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, DownloadColumn, TransferSpeedColumn  # noqa: PLC0415
        from rich.progress import Progress as Bars  # noqa: PLC0415

        if self._shown is None:
            self._shown = Bars(
                BarColumn(), DownloadColumn(), TransferSpeedColumn(), console=Console(stderr=True)
            )
            self._task = self._shown.add_task("download", total=self.total)
            self._shown.start()
        assert self._task is not None
        self._shown.advance(self._task, count)

    def reset(self) -> None:
        """Start again: pooch counts whole chunks, and at the end says how much there was."""
        if self._shown is not None and self._task is not None:
            self._shown.update(self._task, completed=0)

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._shown is not None:
            self._shown.stop()
