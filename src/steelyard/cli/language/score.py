"""`steelyard language score`: what texts cost a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from steelyard.cli.language.progress import counting_shown
from steelyard.cli.language.source import (
    AsJson,
    Encoding,
    Files,
    Model,
    TextColumn,
    Threads,
    loaded,
    read,
    typed,
)

if TYPE_CHECKING:
    from steelyard.language.model import LanguageModel
    from steelyard.language.text_score import TextScore

SHOWN = 20
"""Documents that the terminal shows; JSON has all."""


def score_command(
    model: Model,
    text: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[TEXT]...",
            help="Texts as for `language fit`. Left out, or -: standard input, as one document.",
            show_default=False,
        ),
    ] = None,
    text_column: TextColumn = None,
    files: Files = "*",
    encoding: Encoding = "utf-8",
    threads: Threads = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write every token there: .csv, .parquet or .jsonl, a row a token.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what texts cost a model: nats a token, perplexity, and bits a byte, in which models of any unit compare.

    Each document is read from its beginning. Unknown tokens cost what the model gives (unknown); in bits a byte their spelling is paid too.

    For example: steelyard language score steelyard-results/language-novel chapter.txt
    """
    from steelyard.errors import InputError
    from steelyard.report.writing import check_writable

    if out is not None:
        if out.suffix.lower() not in {".csv", ".parquet", ".jsonl"}:
            raise InputError(f"--out must end in .csv, .parquet or .jsonl, but got {out.name}")
        check_writable(out)
    judge = loaded(model, threads=threads)
    if not text or text == [Path("-")]:
        names: tuple[str, ...] = ("standard input",)
        texts: tuple[str, ...] = (typed("-", what="the text"),)
    else:
        documents = read(text, text_column=text_column, files=files, encoding=encoding)
        names, texts = documents.names, documents.texts
    found = _scored(judge, texts)
    if out is not None:
        _write(names, found, out)
    total = _total(found)
    if as_json:
        records = [{"document": name, **_record(each)} for name, each in zip(names, found, strict=True)]
        typer.echo(
            json.dumps(
                {"model": str(model), "unit": judge.unit, "documents": records, "all": total}, indent=2
            )
        )
    else:
        _print(judge, names, found, total, out=out)


def _scored(judge: LanguageModel, texts: tuple[str, ...]) -> list[TextScore]:
    if len(texts) == 1:
        return [judge.score(texts[0])]
    with counting_shown(f"scoring {len(texts):,} documents") as on_document:
        found = []
        for text in texts:
            found.append(judge.score(text))
            if on_document is not None:
                on_document(len(found), len(texts))
        return found


def _record(score: TextScore) -> dict[str, Any]:
    return _summed([score])


def _total(scores: list[TextScore]) -> dict[str, Any]:
    """Return the figures of all documents together: sums over sums, not means of means."""
    return _summed(scores)


def _summed(scores: list[TextScore]) -> dict[str, Any]:
    import math

    tokens = sum(each.tokens for each in scores)
    nats = math.fsum(float(each.nats.sum()) for each in scores)
    spelling = math.fsum(float(each.spelling_nats.sum()) for each in scores)
    mean = nats / tokens
    return {
        "tokens": tokens,
        "unknown_tokens": sum(each.unknown for each in scores),
        "bytes": sum(int(each.bytes.sum()) for each in scores),
        "nats_per_token": mean,
        "perplexity": math.exp(mean) if mean < 700 else None,
        "bits_per_byte": (nats + spelling) / math.log(2) / sum(int(each.bytes.sum()) for each in scores),
    }


def _write(names: tuple[str, ...], scores: list[TextScore], path: Path) -> None:
    from io import BytesIO

    import polars as pl

    from steelyard.report.writing import write_whole

    frame = pl.concat(
        [
            pl.DataFrame(
                {
                    "document": [name] * score.tokens,
                    "start": score.starts[:-1],
                    "token": score.token_texts(),
                    "known": score.ids != 0,
                    "nats": score.nats,
                    "spelling_nats": score.spelling_nats,
                }
            )
            for name, score in zip(names, scores, strict=True)
        ]
    )
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
    judge: LanguageModel,
    names: tuple[str, ...],
    scores: list[TextScore],
    total: dict[str, Any],
    *,
    out: Path | None,
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from steelyard.report.digits import number

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("document", overflow="fold")
    for heading in (f"{judge.unit}s", "unknown", f"nats a {judge.unit}", "perplexity", "bits a byte"):
        table.add_column(heading, justify="right")
    rows = [(name, _record(each)) for name, each in zip(names[:SHOWN], scores, strict=False)]
    if len(names) > 1:
        rows.append(("all", total))
    for name, record in rows:
        table.add_row(
            Text(name),
            f"{record['tokens']:,}",
            f"{record['unknown_tokens']:,}",
            number(record["nats_per_token"], zeros=True),
            number(record["perplexity"]),
            number(record["bits_per_byte"], zeros=True),
        )
    console = Console()
    console.print(table)
    if len(names) > SHOWN:
        console.print(
            f"and {len(names) - SHOWN:,} more documents, which are in the last row too; --json prints all",
            highlight=False,
        )
    if out is not None:
        console.print(f"Tokens: {out.resolve()}", highlight=False, markup=False, soft_wrap=True)
