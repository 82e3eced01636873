"""Reading one table of what a user has: CSV, TSV, Parquet, JSON Lines or Arrow, with errors that say what to do."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from steelyard.errors import InputError

if TYPE_CHECKING:
    import polars as pl


def read_table(path: str | Path) -> pl.DataFrame:
    r"""Return the table in a file, columns in the file's order, rows in the file's order.

    Types are inferred from every row, so that a word in the last row of a column of numbers makes it a column of
    strings, which whoever wants numbers can then point at. Strings stay as they are (no trimming, no date parsing);
    an empty CSV field is null.

    Args:
        path: a `.csv`, `.tsv`, `.parquet`, `.jsonl`, `.ndjson`, `.arrow` or `.feather` file; text may be gzipped
            (`.csv.gz`, `.tsv.gz`, `.jsonl.gz`).

    Raises:
        InputError: no such file, a directory, an empty file, an unknown suffix, text that isn't UTF-8, content that
            isn't of the suffix's format, or a table without rows.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "results.csv"
        ...     _ = file.write_text("seed,loss\n0,0.25\n1,0.5\n")
        ...     read_table(file).rows()
        [(0, 0.25), (1, 0.5)]
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"the table must be a file, but {path} is a folder; name a file in it")
    if not path.exists():
        raise InputError(f"the table must exist, but there is no file {path}; check the path")
    reader = _READERS.get(_suffix(path))
    if reader is None:
        known = ", ".join(sorted(_READERS))
        raise InputError(
            f"the table's suffix must be one of {known}, but got {path.name}; convert or rename it"
        )
    try:
        if path.stat().st_size == 0:
            raise InputError(f"the table must have rows, but {path} is empty (0 bytes)")
        frame = _parse(path, reader)
    except OSError as error:
        raise InputError(f"the table must be readable, but reading {path} failed: {error}") from error
    if frame.width == 0 or frame.height == 0:
        raise InputError(f"the table must have rows, but {path} has {frame.width} columns and no row")
    return frame


def _parse(path: Path, reader: Callable[[Path], pl.DataFrame]) -> pl.DataFrame:
    from polars.exceptions import PolarsError  # noqa: PLC0415 - polars is slow to import

    try:
        return reader(path)
    except UnicodeDecodeError as error:
        raise InputError(
            f"the table must be UTF-8 text, but byte {error.start} of {path} is not; save it as UTF-8 "
            f"(`iconv -f latin1 -t utf-8 {path.name}`)"
        ) from error
    except (PolarsError, EOFError, zlib.error) as error:
        first_line = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise InputError(
            f"the table must be what its suffix says, but {path} could not be parsed as {_suffix(path)}: {first_line}"
        ) from error


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return "".join(suffixes) if suffixes[-1:] == [".gz"] else "".join(suffixes[-1:])


def _text(path: Path) -> bytes:
    """Return a text file's bytes, unzipped, known to be UTF-8, without a byte order mark."""
    content = path.read_bytes()
    if path.suffix.lower() == ".gz":
        content = gzip.decompress(content)
    content.decode("utf-8")
    return content.removeprefix(b"\xef\xbb\xbf")


def _separated(separator: str) -> Callable[[Path], pl.DataFrame]:
    def read(path: Path) -> pl.DataFrame:
        import polars as pl  # noqa: PLC0415 - slow to import

        content = _text(path)
        header = next(csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8"), delimiter=separator), [])
        twice = sorted({name for name in header if header.count(name) > 1})
        if twice:
            raise InputError(
                f"column names must be distinct, but {path} has {', '.join(map(repr, twice))} more than once; rename them"
            )
        return pl.read_csv(content, separator=separator, infer_schema_length=None)

    return read


def _json_lines(path: Path) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415 - slow to import

    return pl.read_ndjson(_text(path), infer_schema_length=None)


def _parquet(path: Path) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415 - slow to import

    return pl.read_parquet(path, hive_partitioning=False, glob=False)


def _arrow(path: Path) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415 - slow to import

    return pl.read_ipc(path)


_READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    ".csv": _separated(","),
    ".csv.gz": _separated(","),
    ".tsv": _separated("\t"),
    ".tsv.gz": _separated("\t"),
    ".jsonl": _json_lines,
    ".jsonl.gz": _json_lines,
    ".ndjson": _json_lines,
    ".parquet": _parquet,
    ".arrow": _arrow,
    ".feather": _arrow,
}
