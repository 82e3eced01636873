"""The bag-of-words files of the UCI repository: `docword.NAME.txt` (which may be gzipped) and `vocab.NAME.txt`."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.corpus_builder import CorpusBuilder
from steelyard.data.text_folder import read_text
from steelyard.errors import InputError

if TYPE_CHECKING:
    import polars as pl

_CHUNK_BYTES = 1 << 22
_EXPANDED_AT_ONCE = 1 << 22
_MOST_EMPTY = 1_000_000
"""Documents without an entry that a header may announce, whatever the number of entries."""
_LARGEST = (1 << 31) - 1


def read_bag_of_words(path: Path, builder: CorpusBuilder) -> None:
    """Add the documents of a `docword` file to a builder that knows its words (`words_beside`).

    The file starts with three lines, the numbers of documents D, words W and entries N; then N lines `document word count`
    follow, numbered from 1, those of one document together and documents in their order. Documents without an entry are
    empty documents. Memory stays bounded whatever the file's size, and nothing is set aside on the header's word alone.

    Args:
        path: the file.
        builder: where documents go; its vocabulary gives the largest word.

    Raises:
        InputError: a header that isn't three numbers or that announces far more than there is; numbers out of range, documents
            out of order, a count below 1, more or fewer entries than announced, a truncated file; with the number of the line.
    """
    with _opened(path) as content:
        documents, words, entries = read_header(path, content)
        done = 0
        current = 1
        line = 4
        for chunk in _chunks(content, path):
            frame = _parsed(chunk, path, line)
            document, word, count = (frame[name].to_numpy() for name in ("document", "word", "count"))
            wrong = _wrong(
                document, word, count, after=current, documents=documents, words=words, room=entries - done
            )
            if wrong is not None:
                raise InputError(f"line {_line_of(wrong[0], chunk, line)} of {path} must {wrong[1]}")
            changes = np.flatnonzero(document[1:] != document[:-1]) + 1
            bounds = [0, *changes.tolist(), len(document)] if len(document) else []
            for first, last in pairwise(bounds):
                while current < document[first]:
                    builder.end()
                    current += 1
                _expand(builder, word[first:last] - 1, count[first:last])
            done += len(document)
            line += chunk.count(b"\n")
        if done < entries:
            raise InputError(
                f"{path} must have the {entries} entries that line 3 announces, but ends after {done}; is it whole?"
            )
        if documents - current > max(_MOST_EMPTY, 100 * entries):
            raise InputError(
                f"line 1 of {path} announces {documents} documents, but the last with an entry is number {current}; correct the header"
            )
        while builder.documents < documents:
            builder.end()


def words_beside(path: Path, vocabulary: str | Path | None = None) -> list[str]:
    """Return the words that a `docword` file numbers.

    Args:
        path: the `docword` file.
        vocabulary: a file with one word a line; None: `vocab.NAME.txt` beside it, and numbers if there is none.

    Raises:
        InputError: no such file, or not as many words as the header announces.
    """
    with _opened(path) as content:
        _, words, _ = read_header(path, content)
    beside = path.with_name("vocab." + path.name.removesuffix(".gz").removeprefix("docword."))
    chosen = beside if vocabulary is None else Path(vocabulary)
    if vocabulary is None and not beside.is_file():
        if words > 50_000_000:
            raise InputError(
                f"line 2 of {path} announces {words} words; give the file of the words (--vocabulary)"
            )
        return [str(number) for number in range(1, words + 1)]
    listed = read_text(chosen).split("\n")
    listed = [word.rstrip("\r") for word in (listed[:-1] if listed[-1] == "" else listed)]
    if len(listed) != words:
        raise InputError(
            f"{chosen} must have one line for each of the {words} words that line 2 of {path} announces, but has {len(listed)}"
        )
    return listed


def read_header(path: Path, content: IO[bytes]) -> tuple[int, int, int]:
    """Return the numbers of documents, words and entries in the first three lines."""
    numbers = []
    for line, (what, largest) in enumerate(
        (("documents", _LARGEST), ("words", _LARGEST), ("entries", 1 << 50)), start=1
    ):
        text = _taken(content.readline, 64, path).strip()
        if not text.isdigit() or not 0 <= int(text) <= largest:
            raise InputError(
                f"line {line} of {path} must be the number of {what}, at most {largest}, but is {text[:40].decode('latin-1')!r}; "
                "a docword file starts with the numbers of documents, words and entries"
            )
        numbers.append(int(text))
    return numbers[0], numbers[1], numbers[2]


def _opened(path: Path) -> IO[bytes]:
    try:
        opened: Any = (gzip.open if path.suffix.lower() == ".gz" else open)(path, "rb")
    except OSError as error:
        raise InputError(f"{path} must be readable, but: {error}") from error
    file: IO[bytes] = opened
    return file


def _taken(read: Callable[[int], bytes], size: int, path: Path) -> bytes:
    """Return what a file's `read` or `readline` gives; what goes wrong becomes an InputError with the file's name."""
    try:
        return read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path} must be readable to its end, but: {error}") from error


def _chunks(content: IO[bytes], path: Path) -> Iterator[bytes]:
    """Give the rest of a file in runs of whole lines."""
    rest = b""
    while read := _taken(content.read, _CHUNK_BYTES, path):
        whole, newline, after = (rest + read).rpartition(b"\n")
        if not newline and len(after) > 1000:
            raise InputError(
                f"{path} must have lines of three numbers, but has one of more than 1000 characters"
            )
        if newline:
            yield whole + newline
        rest = after
    if rest:
        yield rest + b"\n"


def _parsed(chunk: bytes, path: Path, line: int) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415 - slow to import

    schema = {"document": pl.Int64, "word": pl.Int64, "count": pl.Int64}
    try:
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r", b"")
        if not chunk.strip():
            return pl.DataFrame(schema=schema)
        frame = pl.read_csv(chunk, separator=" ", has_header=False, schema=schema, quote_char=None)
        if frame.null_count().sum_horizontal().item() == 0:
            return frame
    except pl.exceptions.PolarsError:
        pass
    rows = []
    for number, text in enumerate(chunk.split(b"\n"), start=line):
        fields = text.split()
        if fields and not (len(fields) == 3 and all(_is_number(field) for field in fields)):
            raise InputError(
                f"line {number} of {path} must be three whole numbers, document, word and count, but is "
                f"{text[:60].decode('latin-1')!r}"
            )
        if fields:
            rows.append(tuple(map(int, fields)))
    return pl.DataFrame(rows, schema=schema, orient="row")


def _is_number(field: bytes) -> bool:
    return len(field) < 19 and field.lstrip(b"-").isdigit()


def _line_of(entry: int, chunk: bytes, line: int) -> int:
    """Return the line of an entry in a run of lines that starts at `line`; empty lines hold none."""
    filled = [line + nth for nth, text in enumerate(chunk.split(b"\n")) if text.strip()]
    return filled[entry]


def _wrong(
    document: NDArray[np.int64],
    word: NDArray[np.int64],
    count: NDArray[np.int64],
    *,
    after: int,
    documents: int,
    words: int,
    room: int,
) -> tuple[int, str] | None:
    """Return the first entry that can't be, and what it must be, or None."""
    before = np.concatenate([[after], document[:-1]]) if len(document) else document
    found: list[tuple[int, str]] = []
    for wrong, column, must in (
        ((document < 1) | (document > documents), document, f"have a document from 1 to {documents}"),
        (
            document < before,
            document,
            "not go back to an earlier document (sort the lines with `sort -n -s`)",
        ),
        ((word < 1) | (word > words), word, f"have a word from 1 to {words}"),
        ((count < 1) | (count > _LARGEST), count, f"have a count from 1 to {_LARGEST}"),
        (np.arange(len(document)) >= room, document, "not be there, since line 3 announces fewer entries"),
    ):
        if np.any(wrong):
            at = int(np.argmax(wrong))
            found.append((at, f"{must}, but has {column[at]}"))
    return min(found, default=None, key=lambda each: each[0])


def _expand(builder: CorpusBuilder, words: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
    """Add tokens to the document that is being built, in runs that fit into memory."""
    if int(counts.sum()) <= _EXPANDED_AT_ONCE:
        builder.add_numbers(np.repeat(words, counts).astype(np.int32))
        return
    for word, count in zip(words.tolist(), counts.tolist(), strict=True):
        left = count
        while left:
            part = min(left, _EXPANDED_AT_ONCE)
            builder.add_numbers(np.full(part, word, dtype=np.int32))
            left -= part
