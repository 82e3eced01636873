"""The options that say which corpus is meant, and reading it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from steelyard.data.corpus_reading import Reading

CorpusPath = Annotated[
    Path | None,
    typer.Argument(
        metavar="[CORPUS]",
        help="Folder of text files; CSV, TSV, JSON Lines, Parquet or Arrow; a text file with one document a line; "
        "docword.NAME.txt[.gz] (UCI); .npz (scipy sparse); a folder that --keep wrote. Left out: Python's documentation.",
        show_default=False,
    ),
]
Column = Annotated[str | None, typer.Option(help="Column of the texts.", show_default=False)]
NameColumn = Annotated[str | None, typer.Option(help="Column of the documents' names.", show_default=False)]
Files = Annotated[str, typer.Option(metavar="PATTERN", help="Files to read in a folder, e.g. '*.txt'.")]
Encoding = Annotated[str, typer.Option(help="How text files are written.")]
Vocabulary = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Words of counts, one a line.", show_default=False)
]
StopWords = Annotated[
    str | None,
    typer.Option(
        metavar="WORDS",
        help="english, none, or a file with one word a line; default: english for texts, none for counts.",
        show_default=False,
    ),
]
MinDf = Annotated[
    str,
    typer.Option(metavar="N", help="Fewest documents a word must be in: a number, or a share such as 0.01."),
]
MaxDf = Annotated[
    str, typer.Option(metavar="N", help="Most documents a word may be in: a share such as 0.5, or a number.")
]
MostWords = Annotated[
    int | None, typer.Option(min=1, help="Keep the most frequent words only.", show_default=False)
]
Keep = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Write the corpus there and map it from disk; for corpora larger than memory.",
        show_default=False,
    ),
]


def read(
    path: Path | None,
    *,
    column: str | None = None,
    name_column: str | None = None,
    files: str = "*",
    encoding: str = "utf-8",
    vocabulary: Path | None = None,
    stop_words: str | None = None,
    min_df: str = "1",
    max_df: str = "1.0",
    most_words: int | None = None,
    keep: Path | None = None,
) -> Reading:
    """Return the corpus at a path, or the embedded one, and say on stderr what was read."""
    from steelyard.data.corpus_reading import Reading, holds_texts, read_with_notes
    from steelyard.data.stop_words import stop_words as listed
    from steelyard.data.vocabulary import Pruning

    if path is None:
        from platform import python_version

        from steelyard.data.documentation import documentation
        from steelyard.errors import InputError

        given = (column, name_column, vocabulary, stop_words, most_words, keep)
        if any(each is not None for each in given) or (files, min_df, max_df) != ("*", "1", "1.0"):
            raise InputError(
                "options on how to read a corpus must come with one, but none was named; name a file or folder, or leave them out"
            )
        reading = Reading(corpus=documentation(), source=f"the documentation of Python {python_version()}")
    else:
        chosen = ("english" if holds_texts(path) else "none") if stop_words is None else stop_words
        rule = Pruning(
            min_df=_share(min_df, "--min-df"),
            max_df=_share(max_df, "--max-df"),
            most_words=most_words,
            leave_out=listed(chosen),
        )
        reading = read_with_notes(
            path,
            column=column,
            name_column=name_column,
            files=files,
            encoding=encoding,
            vocabulary=vocabulary,
            pruning=rule,
            folder=keep,
        )
    typer.echo(reading.sentence, err=True)
    return reading


def _share(text: str, option: str) -> int | float:
    """Return a whole number of documents, or a share of them."""
    from steelyard.errors import InputError

    try:
        return int(text) if text.isdigit() else float(text)
    except ValueError as error:
        raise InputError(
            f"{option} must be a number of documents such as 5, or a share such as 0.01, but got {text!r}"
        ) from error
