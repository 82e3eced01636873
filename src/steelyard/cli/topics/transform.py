"""`steelyard topics transform`: which topics new documents have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from steelyard.cli.topics.source import Column, Encoding, Files, NameColumn, Vocabulary, read

if TYPE_CHECKING:
    import polars as pl

    from steelyard.topics.estimator import LatentDirichletAllocation

SHOWN = 20
"""Documents that the terminal shows; a file or JSON has all."""
_AT_ONCE = 1000


def transform_command(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="Folder that `topics fit` wrote.", show_default=False)
    ],
    corpus: Annotated[
        Path,
        typer.Argument(metavar="CORPUS", help="New documents, as for `topics fit`.", show_default=False),
    ],
    column: Column = None,
    name_column: NameColumn = None,
    files: Files = "*",
    encoding: Encoding = "utf-8",
    vocabulary: Vocabulary = None,
    level: Annotated[float, typer.Option(help="Probability inside the intervals.")] = 0.95,
    threads: Annotated[int, typer.Option(min=-1, help="Threads; -1 for all processor cores.")] = -1,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write all shares there: .csv, .parquet or .jsonl, a row a document and topic.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Say which topics new documents have, with intervals; words that the topics don't know are left out and counted.

    The topics stay as they are. A document's shares depend on its words only, not on what stands beside it.
    """
    from steelyard.errors import InputError
    from steelyard.report.writing import check_writable
    from steelyard.topics.estimator import LatentDirichletAllocation

    if not 0 < level < 1:
        raise InputError(f"--level must lie between 0 and 1, but got {level}; try 0.95")
    if out is not None:
        if out.suffix.lower() not in {".csv", ".parquet", ".jsonl"}:
            raise InputError(f"--out must end in .csv, .parquet or .jsonl, but got {out.name}")
        check_writable(out)
    topics = LatentDirichletAllocation.load(model).set_params(n_jobs=threads if threads != 0 else None)
    reading = read(
        corpus,
        column=column,
        name_column=name_column,
        files=files,
        encoding=encoding,
        vocabulary=vocabulary,
        stop_words="none",  # the topics' own vocabulary decides which words count
    )
    frame, documents = shares(topics, reading.corpus, level=level)
    if out is not None:
        _write(frame, out)
    if as_json:
        written = {} if out is None else {"out": str(out)}
        typer.echo(
            json.dumps({"model": str(model), "level": level, "documents": documents, **written}, indent=2)
        )
    else:
        _print(topics, documents, level=level, out=out)


def shares(
    topics: LatentDirichletAllocation, corpus: Any, *, level: float
) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """Return each document's shares: a row a document and topic, and a record a document."""
    import numpy as np
    import polars as pl

    size = len(topics.alpha_)
    frames, records = [], []
    for first in range(0, len(corpus), _AT_ONCE):
        part = _slice(corpus, first, min(first + _AT_ONCE, len(corpus)))
        found = topics.fold_in(part, keep=True)
        low, high = found.intervals(level)
        names = list(part.names) or [str(number) for number in range(first, first + len(part))]
        frames.append(
            pl.DataFrame(
                {
                    "document": np.repeat(np.array(names, dtype=object), size).tolist(),
                    "topic": np.tile(np.arange(size), len(part)),
                    "share": found.doc_topic.ravel(),
                    "low": low.ravel(),
                    "high": high.ravel(),
                }
            )
        )
        for nth, name in enumerate(names):
            order = np.argsort(-found.doc_topic[nth], kind="stable")
            records.append(
                {
                    "document": name,
                    "tokens": int(part.lengths[nth]),
                    "unknown_tokens": int(found.unknown[nth]),
                    "topics": [
                        {
                            "topic": int(each),
                            "share": float(found.doc_topic[nth, each]),
                            "low": float(low[nth, each]),
                            "high": float(high[nth, each]),
                        }
                        for each in order.tolist()
                    ],
                }
            )
    return pl.concat(frames), records


def _slice(corpus: Any, first: int, last: int) -> Any:
    """Return documents `first` to `last - 1` of a corpus."""
    from steelyard.data.corpus import Corpus

    starts = corpus.starts[first : last + 1]
    return Corpus(
        words=corpus.words[starts[0] : starts[-1]],
        starts=starts - starts[0],
        vocabulary=corpus.vocabulary,
        names=corpus.names[first:last],
    )


def _write(frame: pl.DataFrame, path: Path) -> None:
    from io import BytesIO

    from steelyard.report.writing import write_whole

    content = BytesIO()
    match path.suffix.lower():
        case ".csv":
            frame.write_csv(content)
        case ".parquet":
            frame.write_parquet(content)
        case _:
            frame.write_ndjson(content)
    write_whole(path, content.getvalue())


def _print(
    topics: LatentDirichletAllocation, documents: list[dict[str, Any]], *, level: float, out: Path | None
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from steelyard.report.digits import percent

    words = topics.top_words(3)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("document", overflow="fold")
    table.add_column("tokens", justify="right")
    table.add_column("unknown", justify="right")
    table.add_column(f"largest topics, with {percent(level)} intervals", overflow="fold")
    for document in documents[:SHOWN]:
        largest = "; ".join(
            f"{each['topic']} {' '.join(words[each['topic']])} {percent(each['share'])} [{percent(each['low'])}, {percent(each['high'])}]"
            for each in document["topics"][:3]
        )
        table.add_row(
            Text(document["document"]),
            f"{document['tokens']:,}",
            f"{document['unknown_tokens']:,}",
            Text(largest),
        )
    console = Console()
    console.print(table)
    if len(documents) > SHOWN and out is None:
        console.print(
            f"and {len(documents) - SHOWN:,} more documents; --out FILE writes all", highlight=False
        )
    if out is not None:
        console.print(f"Shares: {out.resolve()}", highlight=False, markup=False, soft_wrap=True)
