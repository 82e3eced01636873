"""Documents from a table's column of texts, or from the lines of a file, a row at a time."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from steelyard.data.text_folder import check_encoding
from steelyard.errors import InputError

LONGEST_ROW = 1 << 28
"""Characters of a row after which a file is taken for something else (or for a bomb that was zipped)."""
_ROWS_AT_ONCE = 5000

Row = tuple[str | None, str]
"""A document's name, None without one, and its text."""

_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_LINES = (".jsonl", ".ndjson")
_COLUMNAR = (".parquet", ".arrow", ".feather")
TABLE_SUFFIXES = (*_SEPARATORS, *_LINES, *_COLUMNAR)


def table_texts(
    path: Path, *, column: str | None = None, name_column: str | None = None, encoding: str = "utf-8"
) -> Iterator[Row]:
    r"""Give the texts in a column of a CSV, TSV, JSON Lines, Parquet or Arrow file as (name, text), in the order of its rows.

    Rows are read as they are asked for: the file may be larger than memory. Text files may be gzipped. A row whose text is
    missing (null, an empty field) is an empty document.

    Args:
        path: the table.
        column: the column of texts; None: the only one, or the one called `text`.
        name_column: the column of the documents' names; None leaves them without.
        encoding: of CSV, TSV and JSON Lines.

    Raises:
        InputError: no such column (the message lists them), a value that isn't a text, a line that can't be parsed (with its
            number), a file that ends early.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "reviews.csv"
        ...     _ = file.write_text("id,text\n7,good\n8,bad\n")
        ...     list(table_texts(file, name_column="id"))
        [('7', 'good'), ('8', 'bad')]
    """
    check_encoding(encoding)
    kind = next(iter(suffixes(path)), "")
    if kind in _SEPARATORS:
        rows = _separated(path, _SEPARATORS[kind], column, name_column, encoding)
    elif kind in _LINES:
        rows = _json_lines(path, column, name_column, encoding)
    else:
        rows = _columnar(path, kind, column, name_column)
    return rows


def line_texts(path: Path, *, encoding: str = "utf-8") -> Iterator[Row]:
    """Give the lines of a text file (which may be gzipped), each a document, named by their numbers from 1."""
    check_encoding(encoding)
    with _opened(path, encoding) as lines:
        for number, line in enumerate(_short_lines(lines, path), start=1):
            yield str(number), line


def suffixes(path: Path) -> list[str]:
    """Return a file's last suffixes in lower case, `.gz` left out.

    >>> suffixes(Path("a.CSV.gz"))
    ['.csv']
    """
    parts = [suffix.lower() for suffix in path.suffixes]
    return parts[-2:-1] if parts[-1:] == [".gz"] else parts[-1:]


def frame_texts(
    frame: Any, *, column: str | None, name_column: str | None, label: str = "the frame"
) -> Iterator[Row]:
    """Give the texts in a column of a pandas, polars or other eager frame as (name, text)."""
    import narwhals as nw  # noqa: PLC0415 - only when a frame is read

    table = nw.from_native(frame, eager_only=True)
    text, name = _chosen([str(each) for each in table.columns], column, name_column, label)
    names: Iterable[Any] = [None] * len(table) if name is None else table[name].to_list()
    for number, (called, value) in enumerate(zip(names, table[text].to_list(), strict=True), start=1):
        yield _row(called, value, name, f"row {number} of {label}", text)


def _separated(
    path: Path, separator: str, column: str | None, name_column: str | None, encoding: str
) -> Iterator[Row]:
    before = csv.field_size_limit(LONGEST_ROW)
    try:
        with _opened(path, encoding) as lines:
            reader = csv.reader(_short_lines(lines, path), delimiter=separator, strict=True)
            header = next(reader, [])
            text, name = _chosen(header, column, name_column, f"the table {path}")
            at, named = header.index(text), None if name is None else header.index(name)
            for row in reader:
                if len(row) == 0 and len(header) > 1:
                    continue  # an empty line between rows
                if len(row) not in {len(header), 0}:
                    raise InputError(
                        f"every row of {path} must have {len(header)} fields, as its header, but the one that ends in line "
                        f"{reader.line_num} has {len(row)}; put texts with a {separator!r} in quotes"
                    )
                yield (None if named is None else row[named]), (row[at] if row else "")
    except csv.Error as error:
        raise InputError(
            f"{path} must be what its suffix says, but line {reader.line_num}: {error}"
        ) from error
    finally:
        csv.field_size_limit(before)


def _json_lines(path: Path, column: str | None, name_column: str | None, encoding: str) -> Iterator[Row]:
    text: str | None = None
    name: str | None = None
    with _opened(path, encoding) as lines:
        for number, line in enumerate(_short_lines(lines, path), start=1):
            if not line.strip():
                continue
            where = f"line {number} of {path}"
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise InputError(f"{where} must be JSON, but: {error}") from error
            if not isinstance(value, dict):
                raise InputError(
                    f'{where} must be an object, such as {{"text": "..."}}, but is {type(value).__name__}'
                )
            if text is None:
                text, name = _chosen(list(value), column, name_column, where)
            if text not in value:
                raise InputError(
                    f"{where} must have the field {text!r}, but has {', '.join(map(repr, value)) or 'none'}"
                )
            yield _row(value.get(name) if name is not None else None, value[text], name, where, text)
    if text is None:
        raise InputError(f"the table must have rows, but {path} has none")


def _columnar(path: Path, kind: str, column: str | None, name_column: str | None) -> Iterator[Row]:
    import polars as pl  # noqa: PLC0415 - slow to import

    try:
        scan = (
            pl.scan_parquet(path, hive_partitioning=False, glob=False)
            if kind == ".parquet"
            else pl.scan_ipc(path, glob=False)
        )
        columns = scan.collect_schema().names()
        text, name = _chosen(columns, column, name_column, f"the table {path}")
        chosen = scan.select([text] if name is None or name == text else [text, name])
        first = 0
        while (part := chosen.slice(first, _ROWS_AT_ONCE).collect()).height:
            names = [None] * part.height if name is None else part[name].to_list()
            for number, (called, value) in enumerate(
                zip(names, part[text].to_list(), strict=True), start=first + 1
            ):
                yield _row(called, value, name, f"row {number} of {path}", text)
            first += part.height
    except (pl.exceptions.PolarsError, OSError) as error:
        first_line = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise InputError(
            f"the table must be what its suffix says, but {path} could not be read: {first_line}"
        ) from error


def _row(called: Any, value: Any, name: str | None, where: str, text: str) -> Row:
    if value is not None and not isinstance(value, str):
        if isinstance(value, float) and value != value:  # noqa: PLR0124 - how pandas says missing
            value = None
        else:
            raise InputError(
                f"column {text!r} must hold texts, but {where} holds {type(value).__name__} {value!r}; choose another"
            )
    return (None if name is None else str(called)), value or ""


def _chosen(
    columns: list[str], column: str | None, name_column: str | None, label: str
) -> tuple[str, str | None]:
    there = ", ".join(map(repr, columns)) or "none"
    for wanted in (column, name_column):
        if wanted is not None and wanted not in columns:
            raise InputError(f"{label} must have a column {wanted!r}, but its columns are {there}")
    if len(set(columns)) != len(columns):
        raise InputError(f"column names must be distinct, but those of {label} are {there}; rename one")
    if column is not None:
        return column, name_column
    others = [each for each in columns if each != name_column]
    if "text" in others:
        return "text", name_column
    if len(others) != 1:
        raise InputError(
            f"the column of texts must be named (--column or --text-column; `column=` or `text_column=`): {label} has {there}"
        )
    return others[0], name_column


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[TextIO]:
    """Open a text file, unzipping `.gz`; what goes wrong while it is read becomes an InputError with the file's name."""
    decoded = "utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding
    try:
        with gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb") as content:
            yield io.TextIOWrapper(content, encoding=decoded, newline="")
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path} must be readable to its end, but: {error}") from error


def _short_lines(lines: TextIO, path: Path) -> Iterator[str]:
    r"""Give lines with their ends cut to `\n`; refuse one so long that it can't be a row."""
    number = 0
    try:
        while line := lines.readline(LONGEST_ROW):
            number += 1
            if len(line) >= LONGEST_ROW:
                raise InputError(
                    f"a line must have fewer than {LONGEST_ROW} characters, but line {number} of {path} has more"
                )
            yield line.removesuffix("\n").removesuffix("\r") + "\n"
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} must be {lines.encoding} text, but some way after line {number} holds the byte "
            f"0x{error.object[error.start]:02x} where none may stand; say how it is written (--encoding latin-1), or convert it"
        ) from error
