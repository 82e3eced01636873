"""Documents from whatever their owner has: a text file, a folder, a table's column, or those inside every Python."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.data.documentation import documentation_source, documentation_texts
from steelyard.data.text_folder import check_encoding, folder_texts, read_text
from steelyard.data.text_table import TABLE_SUFFIXES, frame_texts, suffixes, table_texts
from steelyard.errors import InputError
from steelyard.language.vocabulary import check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Texts with where they came from.

    Args:
        names: of the documents.
        texts: of the documents, one each.
        source_line: what they were read from, in a few words.

    Raises:
        InputError: no document that holds a character, another number of names, text that isn't Unicode.
    """

    names: tuple[str, ...]
    texts: tuple[str, ...]
    source_line: str

    def __post_init__(self) -> None:
        if len(self.names) != len(self.texts):
            raise InputError(
                f"`names` must be one a document, but there are {len(self.names)} names and {len(self.texts)} texts"
            )
        if not any(self.texts):
            raise InputError(
                f"the text must not be empty, but {self.source_line} holds no character; give a text to learn from"
            )
        for name, text in zip(self.names, self.texts, strict=True):
            try:
                check_text(text)
            except InputError as error:
                raise InputError(f"document {name!r} of {self.source_line}: {error}") from error

    @property
    def characters(self) -> int:
        """Return the number of code points of all texts."""
        return sum(map(len, self.texts))

    @property
    def fingerprint(self) -> str:
        """Return 16 hexadecimal digits that the texts, in their order, have and others don't."""
        digest = hashlib.sha256()
        for text in self.texts:
            content = text.encode("utf-8")
            digest.update(len(content).to_bytes(8, "little"))
            digest.update(content)
        return digest.hexdigest()[:16]


def read_documents(
    source: Any = None,
    *,
    text_column: str | None = None,
    name_column: str | None = None,
    files: str = "*",
    encoding: str = "utf-8",
) -> Documents:
    r"""Return the documents in a source.

    By what the source is:

    - None: the documentation inside this Python (`steelyard.data.documentation`)
    - folder: one document a file, in the order of their paths; hidden files out (`files`)
    - CSV, TSV, JSON Lines, Parquet, Arrow: one a row: the texts of a column (`text_column`, `name_column`); rows without text are
      left out
    - any other file: one document, the whole text, its line ends as they are
    - pandas or polars frame: as a table
    - several paths (a list of `Path`): one after the other, each by its own kind
    - list of texts: one an entry

    Args:
        source: see above; one `str` is a path.
        text_column: the column of texts; None: the only one, or `text`.
        name_column: the column of the documents' names.
        files: pattern of the files to read in a folder, e.g. `*.txt`.
        encoding: how text files are written; there is no guessing.

    Raises:
        InputError: nothing there, no character in it, a byte that the encoding doesn't have (with its place), a binary file (a NUL
            byte), a column that there isn't, another kind of source.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "poem.txt"
        ...     _ = file.write_text("so much depends\nupon")
        ...     read_documents(file).texts
        ('so much depends\nupon',)
    """
    check_encoding(encoding)
    if source is None:
        rows: Iterable[tuple[str | None, str]] = documentation_texts()
        label = documentation_source()
    elif isinstance(source, str | Path):
        rows, label = _of_path(Path(source), text_column, name_column, files, encoding), str(source)
    elif hasattr(source, "columns"):
        rows, label = frame_texts(source, column=text_column, name_column=name_column), "the frame"
    elif isinstance(source, list | tuple) and source and all(isinstance(each, Path) for each in source):
        rows = [row for path in source for row in _of_path(path, text_column, name_column, files, encoding)]
        label = str(source[0]) if len(source) == 1 else f"{source[0]} and {len(source) - 1} more"
    elif isinstance(source, list | tuple) and all(isinstance(each, str) for each in source):
        rows, label = [(None, text) for text in source], "the list of texts"
    else:
        raise InputError(
            f"the text must be a path, a frame, a list of texts or None (the embedded one), but got {type(source).__name__}"
        )
    listed = [(name, text) for name, text in rows if text]
    return Documents(
        names=tuple(
            str(number) if name is None else name for number, (name, _) in enumerate(listed, start=1)
        ),
        texts=tuple(text for _, text in listed),
        source_line=label,
    )


def _of_path(
    path: Path, text_column: str | None, name_column: str | None, files: str, encoding: str
) -> Iterable[tuple[str | None, str]]:
    if not path.exists():
        raise InputError(f"the text must exist, but there is no file or folder {path}; check the path")
    if path.is_dir():
        return folder_texts(path, pattern=files, encoding=encoding)
    kind = suffixes(path)[-1:]
    if kind and kind[0] in TABLE_SUFFIXES:
        return table_texts(path, column=text_column, name_column=name_column, encoding=encoding)
    if text_column is not None:
        raise InputError(
            f"`text_column` must be of a table ({', '.join(TABLE_SUFFIXES)}), but {path.name} is none; leave it out"
        )
    return [(path.name, read_text(path, encoding=encoding))]
