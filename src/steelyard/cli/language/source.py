"""The options that say which text is meant, and reading it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from steelyard.language.model import LanguageModel
    from steelyard.language.reading import Documents

TextColumn = Annotated[
    str | None, typer.Option("--text-column", help="Column of a table's texts.", show_default=False)
]
Files = Annotated[str, typer.Option(metavar="PATTERN", help="Files to read in a folder, e.g. '*.txt'.")]
Encoding = Annotated[str, typer.Option(help="How text files are written.")]
Threads = Annotated[
    int | None, typer.Option(min=1, help="Threads of PyTorch; default: as it decides.", show_default=False)
]
Model = Annotated[
    Path, typer.Argument(metavar="MODEL", help="Folder that `language fit` wrote.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def read(
    paths: list[Path] | None, *, text_column: str | None = None, files: str = "*", encoding: str = "utf-8"
) -> Documents:
    """Return the documents at some paths, or the embedded ones, and say on stderr what was read.

    Raises:
        InputError: options on how to read without a path, and what `read_documents` raises.
    """
    from steelyard.errors import InputError
    from steelyard.language.reading import read_documents

    if not paths:
        if text_column is not None or (files, encoding) != ("*", "utf-8"):
            raise InputError(
                "options on how to read a text must come with one, but none was named; name a file or folder, or leave them out"
            )
        documents = read_documents(None)
    else:
        documents = read_documents(list(paths), text_column=text_column, files=files, encoding=encoding)
    from steelyard.report.digits import plural

    typer.echo(
        f"{documents.source_line}: {plural(len(documents.texts), 'document')}, {plural(documents.characters, 'character')}",
        err=True,
    )
    return documents


def typed(text: str | None, *, what: str) -> str:
    """Return a text, or what stands on standard input where it is `-`.

    Args:
        text: as it was given.
        what: what it is, for the error.

    Raises:
        InputError: bytes on standard input that aren't UTF-8.
    """
    from steelyard.errors import InputError

    if text != "-":
        return text or ""
    content = sys.stdin.buffer.read()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{what} on standard input must be UTF-8, but byte {error.start} (0x{content[error.start]:02x}) is not; convert it"
        ) from error


def loaded(folder: Path, *, threads: int | None = None) -> LanguageModel:
    """Return the model in a folder.

    Raises:
        InputError: no model there.
    """
    from steelyard.language.model import LanguageModel

    model = LanguageModel.load(folder)
    model.threads = threads
    return model
