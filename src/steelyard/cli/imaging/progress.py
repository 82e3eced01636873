"""A bar of images on stderr for people who wait."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steelyard.imaging.moments import OnProgress, Progress


@contextmanager
def images_shown(what: str) -> Iterator[OnProgress | None]:
    """Give a callback that moves a bar, or None where stderr isn't a terminal.

    Args:
        what: is read, in a word or two.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        TextColumn(what, markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("images", total=None)

        def show(progress: Progress) -> None:
            bars.update(task, completed=progress.images, total=progress.of, description=described(progress))

        yield show


def described(progress: Progress) -> str:
    """Return in words what a bar can't show.

    >>> from steelyard.imaging.moments import Progress
    >>> described(Progress(images=500, of=9000, skipped=2, half_width=0.00312))
    'images, 2 skipped, known to within 0.0031'
    """
    said = "images"
    if progress.skipped:
        said += f", {progress.skipped:,} skipped"
    if progress.half_width is not None:
        said += f", known to within {progress.half_width:.2g}"
    return said
