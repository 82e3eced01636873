"""`steelyard run`: ask questions of the catalogue, print the verdicts, write the report."""

from __future__ import annotations

import json
import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from steelyard.study.engine import Backend as Engine
    from steelyard.study.question import Ask, Question
    from steelyard.study.result import StudyResult

RESULTS = Path("steelyard-results")


class Missing(StrEnum):
    """What a missing date means."""

    ZERO = "zero"
    DROP = "drop"
    ERROR = "error"


class Backend(StrEnum):
    """What runs trials in parallel."""

    LOKY = "loky"
    DASK = "dask"
    RAY = "ray"


class ChartFormat(StrEnum):
    """Formats that charts can be exported to."""

    PNG = "png"
    SVG = "svg"


def run_command(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[QUESTION]...", help="Questions to ask; see `steelyard questions`.", show_default=False
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full/--quick", help="Full training budgets, or quick ones (minutes).")
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Your own data (CSV, Parquet, JSONL; texts for topics and language) instead of the embedded ones."
        ),
    ] = None,
    missing: Annotated[
        Missing | None, typer.Option(help="What a missing date in --data means.", show_default=False)
    ] = None,
    known: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            help="Covariate in --data that is known in advance; may be repeated.",
            show_default=False,
        ),
    ] = None,
    past: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            help="Covariate in --data that isn't known in advance; may be repeated.",
            show_default=False,
        ),
    ] = None,
    static: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            help="Column in --data that never changes within a series; may be repeated.",
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Trials at a time; default: processor cores.")
    ] = None,
    backend: Annotated[Backend, typer.Option(help="What runs trials in parallel.")] = Backend.LOKY,
    max_seeds: Annotated[int, typer.Option(min=2, help="Most seeds (pairs) to spend.")] = 20,
    margin: Annotated[
        float | None,
        typer.Option(help="Smallest difference that would change what you do; default: the question's own."),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(help="Store: a file, or a postgresql:// URL; default: steelyard-results/store.db."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Where to write the HTML report; default: steelyard-results/NAME.html."),
    ] = None,
    charts: Annotated[
        ChartFormat | None, typer.Option(help="Also write every chart as PNG or SVG beside the report.")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Run failed trials again instead of keeping the failure.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Answer questions by running trials until the verdict is clear, and write a report.

    Without a question it asks `rare-events.heads`. Finished trials are kept: the same command resumes, and never runs
    one twice.
    """
    from steelyard.catalogue import DEFAULT_QUESTION, find_question
    from steelyard.errors import InputError
    from steelyard.report.writing import check_writable
    from steelyard.study.question import Ask

    chosen = [find_question(name) for name in dict.fromkeys(names or [DEFAULT_QUESTION])]
    if report is not None and len(chosen) > 1:
        raise InputError(
            f"--report must name one file for one question, but got {len(chosen)} questions; ask them one by one, or "
            "leave --report out"
        )
    ask = Ask(
        setting="full" if full else "quick",
        data=data,
        margin=margin,
        max_pairs=max_seeds,
        missing=None if missing is None else missing.value,
        known=tuple(known or ()),
        past=tuple(past or ()),
        static=tuple(static or ()),
    )
    paths = {each.name: report or RESULTS / f"{each.name}-{ask.setting}.html" for each in chosen}
    for path in paths.values():
        check_writable(path)
    results = []
    for each in chosen:
        result = _answer(
            each,
            ask,
            store=store,
            workers=workers,
            backend=backend.value,
            retry_failed=retry_failed,
        )
        _write(result, paths[each.name], charts)
        if not as_json:
            _print(result, paths[each.name])
        results.append(result)
    if as_json:
        from steelyard.report.as_json import result_to_dict

        described = [
            {**result_to_dict(result), "report": str(paths[each.name])}
            for each, result in zip(chosen, results, strict=True)
        ]
        typer.echo(json.dumps({"results": described}, indent=2))


def _answer(
    question: Question,
    ask: Ask,
    *,
    store: str | None,
    workers: int | None,
    backend: Engine,
    retry_failed: bool,
) -> StudyResult:
    typer.echo(f"{question.name}: {question.title}", err=True)
    prepared = question.prepare(ask)
    try:
        return prepared.study.run(
            store=store or RESULTS / "store.db",
            workers=workers,
            backend=backend,
            retry_failed=retry_failed,
            scale=prepared.scale,
            data=prepared.data,
            command=shlex.join(["steelyard", *sys.argv[1:]]),
            notes=prepared.notes,
        )
    except KeyboardInterrupt as stop:
        kept = f" {stop}" if str(stop) else ""
        typer.echo(f"stopped.{kept} Finished trials are kept; the same command resumes.", err=True)
        raise typer.Exit(130) from None


def _write(result: StudyResult, path: Path, charts: ChartFormat | None) -> None:
    from steelyard.report.page import write_report

    write_report(result, path)
    if charts is not None:
        from steelyard.report.export import export_charts

        export_charts(result, path.with_suffix(""), format=charts.value)


def _print(result: StudyResult, path: Path) -> None:
    from rich.console import Console

    from steelyard.report.table import print_result

    console = Console()
    print_result(result, console)
    console.print(f"Report: {path.resolve()}", highlight=False, soft_wrap=True)
