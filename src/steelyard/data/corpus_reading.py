"""Reading a corpus from whatever its owner has: texts in files, frames and lists, counts in matrices and files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.data.bag_of_words import read_bag_of_words, words_beside
from steelyard.data.corpus import Corpus
from steelyard.data.corpus_builder import CorpusBuilder, LeftOut
from steelyard.data.counts_file import npz_counts
from steelyard.data.stop_words import stop_words as chosen_stop_words
from steelyard.data.text_folder import folder_texts, read_text
from steelyard.data.text_table import TABLE_SUFFIXES, frame_texts, line_texts, suffixes, table_texts
from steelyard.data.tokeniser import Tokeniser
from steelyard.data.vectorised import vectorised
from steelyard.data.vocabulary import Pruning
from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A corpus with what was said and done when it was read.

    Args:
        corpus: the corpus.
        source: what it was read from, in a few words.
        left_out: what the rules for words left out; None when nothing could be.
    """

    corpus: Corpus
    source: str
    left_out: LeftOut | None = None

    @property
    def sentence(self) -> str:
        """Return one sentence: how much there is, and what was left out."""
        corpus = self.corpus
        sizes = (
            _counted(len(corpus), "document"),
            _counted(corpus.tokens, "token"),
            _counted(len(corpus.vocabulary), "word"),
        )
        said = f"{self.source}: {', '.join(sizes)}"
        if self.left_out is not None and self.left_out.words:
            said += f"; {_counted(self.left_out.words, 'word')} ({_counted(self.left_out.tokens, 'token')}) left out"
        empty = int((corpus.lengths == 0).sum())
        if empty:
            said += f"; {_counted(empty, 'document')} {'is' if empty == 1 else 'are'} empty"
        return said + "."


def read_corpus(  # the options of all kinds of sources; each kind says which it takes
    source: Any,
    *,
    column: str | None = None,
    name_column: str | None = None,
    files: str = "*",
    encoding: str = "utf-8",
    vocabulary: str | Path | Sequence[str] | None = None,
    vectoriser: Any = None,
    tokeniser: Tokeniser | None = None,
    stop_words: str | Path | Iterable[str] | None = None,
    min_df: float = 1,
    max_df: float = 1.0,
    most_words: int | None = None,
    folder: str | Path | None = None,
) -> Corpus:
    """Return the corpus in a source.

    Its documents, by what the source is:

    - folder of text files: one a file, in the order of their paths; hidden files out (`files`, `encoding`)
    - CSV, TSV, JSON Lines, Parquet, Arrow: one a row: the texts of a column (`column`, `name_column`, `encoding`)
    - pandas or polars frame with texts: the same
    - other text file (`.txt`, `.txt.gz`): one a line
    - list of texts, list of lists of words: one an entry; words are taken as they are
    - `docword.NAME.txt`, `.gz` (UCI): as numbered in it; words from `vocab.NAME.txt` or `vocabulary`
    - array, scipy sparse matrix, `.npz` of one: one a row of counts; words from `vocabulary`
    - texts with `vectoriser`: counted by a fitted CountVectorizer or a pipeline that ends in one
    - folder that `Corpus.save` or `folder=` wrote: mapped from disk
    - `Corpus`: itself

    Texts are cut by a `Tokeniser`. Words are then left out by `stop_words`, `min_df`, `max_df` and `most_words`, whatever the
    source; those that texts are made of come in the alphabet's order. Documents that lose all their words stay, empty.

    Args:
        source: see above.
        column: the column of texts; None: the only one, or `text`.
        name_column: the column of the documents' names.
        files: pattern of the files to read in a folder, e.g. `*.txt`.
        encoding: how text files are written.
        vocabulary: the words of counts: a file with one a line, or the words.
        vectoriser: counts the texts in place of the tokeniser.
        tokeniser: how texts are cut; None: lower-case words of at least 2 letters.
        stop_words: `"english"`, a file with one word a line, or words; None leaves none out.
        min_df: fewest documents a word must be in, a number or a share (float).
        max_df: most documents a word may be in, a number or a share (float).
        most_words: keep the most frequent words only.
        folder: write the corpus there and map it from disk: for corpora larger than memory, and to read it faster next time.

    Raises:
        InputError: a source that is none of these, one without documents or tokens, and all that its kind's reader refuses.

    When it is wrong: no language is guessed, so that stop words of another language than the list's stay in; words are not
    stemmed ("word" and "words" are two); `min_df` and `max_df` count documents before any document is left out.

    Example:
        >>> corpus = read_corpus(["The sun and the moon.", "A moon!"], stop_words="english")
        >>> corpus.vocabulary, corpus.lengths.tolist()
        (('moon', 'sun'), [2, 1])
    """
    return read_with_notes(
        source,
        column=column,
        name_column=name_column,
        files=files,
        encoding=encoding,
        vocabulary=vocabulary,
        vectoriser=vectoriser,
        tokeniser=tokeniser,
        pruning=Pruning(
            min_df=min_df, max_df=max_df, most_words=most_words, leave_out=chosen_stop_words(stop_words)
        ),
        folder=folder,
    ).corpus


def read_with_notes(
    source: Any,
    *,
    column: str | None = None,
    name_column: str | None = None,
    files: str = "*",
    encoding: str = "utf-8",
    vocabulary: str | Path | Sequence[str] | None = None,
    vectoriser: Any = None,
    tokeniser: Tokeniser | None = None,
    pruning: Pruning | None = None,
    folder: str | Path | None = None,
) -> Reading:
    """Return the corpus in a source, as `read_corpus`, with what was left out and where it came from."""
    rule = Pruning() if pruning is None else pruning
    path = Path(source) if isinstance(source, str | Path) else None
    if path is not None and not path.exists():
        raise InputError(f"the corpus must exist, but there is no file or folder {path}; check the path")
    label = _label(source, path)
    ready = _ready(source, path, vocabulary)
    if ready is not None:
        reading = _pruned(ready, rule, folder, label)
    elif path is not None and path.name.startswith("docword."):
        words = (
            words_beside(path, vocabulary) if isinstance(vocabulary, str | Path | None) else list(vocabulary)
        )
        with CorpusBuilder(folder, vocabulary=words) as builder:
            read_bag_of_words(path, builder)
            corpus, left_out = builder.finish(rule)
        reading = Reading(corpus=corpus, source=label, left_out=left_out)
    else:
        rows = _texts(source, path, column=column, name_column=name_column, files=files, encoding=encoding)
        if vectoriser is not None:
            listed = list(rows)
            names = [name for name, _ in listed if name is not None]
            corpus = vectorised(
                [text if isinstance(text, str) else " ".join(text) for _, text in listed],
                vectoriser,
                names=names,
            )
            reading = _pruned(corpus, rule, folder, label)
        else:
            cut = (Tokeniser() if tokeniser is None else tokeniser).words
            with CorpusBuilder(folder) as builder:
                for name, text in rows:
                    builder.add(cut(text) if isinstance(text, str) else text, name=name)
                corpus, left_out = builder.finish(rule)
            reading = Reading(corpus=corpus, source=label, left_out=left_out)
    _check_not_empty(reading)
    return reading


def holds_texts(path: str | Path) -> bool:
    """Return whether a file or folder holds texts, and not counts: whether stop words are still in it.

    >>> holds_texts("reviews.csv"), holds_texts("docword.nips.txt.gz"), holds_texts("counts.npz")
    (True, False, False)
    """
    source = Path(path)
    counted = source.name.startswith("docword.") or source.suffix.lower() == ".npz"
    return not counted and not (source / "corpus.json").is_file()


def _ready(source: Any, path: Path | None, vocabulary: str | Path | Sequence[str] | None) -> Corpus | None:
    """Return the corpus of a source that has words and counts already, None for one of texts."""
    if isinstance(source, Corpus):
        return source
    if path is not None and (path / "corpus.json").is_file():
        return Corpus.open(path)
    counts: Any = None
    if path is not None and path.suffix.lower() == ".npz":
        counts = npz_counts(path)
    elif path is None and _is_counts(source):
        counts = source
    if counts is None:
        return None
    words = (
        read_text(Path(vocabulary)).split() if isinstance(vocabulary, str | Path) else list(vocabulary or ())
    )
    return Corpus.from_counts(counts, vocabulary=words)


def _is_counts(source: Any) -> bool:
    if hasattr(source, "tocsr"):
        return True
    kind = getattr(getattr(source, "dtype", None), "kind", "")
    return kind in tuple("buifc") or (kind == "" and isinstance(source, list) and _numbers_inside(source))


def _numbers_inside(rows: list[Any]) -> bool:
    first = next((each for row in rows if isinstance(row, list | tuple) for each in row), None)
    return isinstance(first, int | float)


def _texts(
    source: Any, path: Path | None, *, column: str | None, name_column: str | None, files: str, encoding: str
) -> Iterator[tuple[str | None, str | Sequence[str]]]:
    if path is not None:
        if path.is_dir():
            return iter(folder_texts(path, pattern=files, encoding=encoding))
        kind = next(iter(suffixes(path)), "")
        if kind in TABLE_SUFFIXES:
            return table_texts(path, column=column, name_column=name_column, encoding=encoding)
        if kind in {".txt", ".text", ".md", ".rst", ""}:
            return line_texts(path, encoding=encoding)
        known = ", ".join((*TABLE_SUFFIXES, ".txt", ".npz"))
        raise InputError(
            f"the corpus' suffix must be one of {known}, but got {path.name}; convert or rename it"
        )
    if hasattr(source, "columns"):
        return frame_texts(source, column=column, name_column=name_column)
    if isinstance(source, Iterable):
        return _listed(source)
    raise InputError(
        f"the corpus must be a path, texts, counts, a frame or a `Corpus`, but got {type(source).__name__}; `read_corpus` lists them"
    )


def _listed(source: Iterable[Any]) -> Iterator[tuple[str | None, str | Sequence[str]]]:
    for number, document in enumerate(source, start=1):
        if isinstance(document, str) or (
            isinstance(document, Sequence) and all(isinstance(word, str) for word in document)
        ):
            yield None, document
        else:
            raise InputError(
                f"documents must be texts or lists of words, but document {number} is {type(document).__name__} {str(document)[:40]!r}"
            )


def _pruned(corpus: Corpus, rule: Pruning, folder: str | Path | None, label: str) -> Reading:
    if rule.keeps_all and folder is None:
        return Reading(corpus=corpus, source=label)
    with CorpusBuilder(folder, vocabulary=corpus.vocabulary) as builder:
        for nth in range(len(corpus)):
            builder.add_numbers(corpus.words[corpus.starts[nth] : corpus.starts[nth + 1]])
            builder.end(name=corpus.names[nth] if corpus.names else None)
        kept, left_out = builder.finish(rule)
    return Reading(corpus=kept, source=label, left_out=left_out)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _label(source: Any, path: Path | None) -> str:
    return str(path) if path is not None else f"{type(source).__name__} of documents"


def _check_not_empty(reading: Reading) -> None:
    if len(reading.corpus) == 0:
        raise InputError(f"the corpus must have documents, but {reading.source} has none")
    if reading.corpus.tokens == 0:
        gone = reading.left_out.words if reading.left_out is not None else 0
        why = (
            f": all of its {gone} words were left out; loosen min_df, max_df or the stop words"
            if gone
            else ""
        )
        raise InputError(
            f"the corpus must have words, but {reading.source} has none in {len(reading.corpus)} documents{why}"
        )
