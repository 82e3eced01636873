"""Images that a table lists by their paths."""

from __future__ import annotations

from pathlib import Path

from steelyard.data.images.files import ImageFiles
from steelyard.data.images.picture import Skipped
from steelyard.errors import InputError

PATH_COLUMNS = (
    "path",
    "filepath",
    "file_path",
    "image_path",
    "filename",
    "file_name",
    "file",
    "image",
    "Image Index",
)
"""Names under which a column of paths is found when none is named."""


def listed_images(
    table: str | Path, *, column: str | None = None, root: str | Path | None = None
) -> ImageFiles:
    r"""Return the images whose paths stand in a column of a table, each once, in the table's order.

    Args:
        table: CSV, TSV, JSON Lines, Parquet or Arrow.
        column: the column of paths; without it one named as in `PATH_COLUMNS`, or the only column.
        root: the folder that relative paths start from; without it the table's folder.

    Raises:
        InputError: a table that can't be read, no such column, or one without paths.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from PIL import Image
        >>> with TemporaryDirectory() as folder:
        ...     Image.new("L", (3, 2)).save(f"{folder}/a.png")
        ...     _ = Path(f"{folder}/train.csv").write_text("path,label\na.png,1\na.png,2\n")
        ...     images = listed_images(f"{folder}/train.csv")
        ...     list(images.names), [each.reason for each in images.skipped]
        (['a.png'], ['the table lists it again, in row 2'])
    """
    from steelyard.data.source import columns_of  # noqa: PLC0415 - polars is slow to import
    from steelyard.data.table import read_table  # noqa: PLC0415

    frame = read_table(table)
    chosen = _column(list(frame.columns), column, table)
    found = columns_of(frame, wanted=[chosen], y=chosen).columns[chosen]
    start = Path(root) if root is not None else Path(table).parent
    names: dict[str, None] = {}
    skipped = []
    for row, value in enumerate(found.to_list(), start=1):
        name = "" if value is None else str(value)
        if not name:
            skipped.append(Skipped(name=f"row {row}", reason="the table has no path there"))
        elif name in names:
            skipped.append(Skipped(name=name, reason=f"the table lists it again, in row {row}"))
        else:
            names[name] = None
    if not names:
        raise InputError(f"column {chosen!r} must hold paths of images, but all of {table} is empty there")
    return ImageFiles(
        [start / name for name in names], names=list(names), label=f"the table {table}", skipped=skipped
    )


def _column(columns: list[str], wanted: str | None, table: str | Path) -> str:
    if wanted is not None:
        if wanted not in columns:
            raise InputError(
                f"{table} must have the column {wanted!r}, but its columns are {', '.join(columns)}"
            )
        return wanted
    for name in PATH_COLUMNS:
        if name in columns:
            return name
    if len(columns) == 1:
        return columns[0]
    raise InputError(
        f"the column of paths must be named (--column, `column=`): {table} has {', '.join(columns)}"
    )
