"""`steelyard compare`: verdicts on results that people already have."""

from __future__ import annotations

import json
import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from steelyard.study.imports.comparison import Comparison


class Take(StrEnum):
    """Which of a run's logged values stands for the run."""

    LAST = "last"
    MIN = "min"
    MAX = "max"


def compare_command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="CSV, TSV, Parquet or JSONL with one row a trial; `mlflow:URI` or an mlruns folder; a folder of "
            "TensorBoard runs.",
            show_default=False,
        ),
    ],
    factor: Annotated[str, typer.Option(help="Column of what is compared.", show_default=False)],
    seed: Annotated[
        str, typer.Option(help="Column of the seed; rows of one seed make a pair.", show_default=False)
    ],
    metric: Annotated[str, typer.Option(help="Column of the metric.", show_default=False)],
    margin: Annotated[
        float | None,
        typer.Option(
            help="Smallest difference in the metric that would change what you do. Required; nobody else can know it.",
            show_default=False,
        ),
    ] = None,
    lower_is_better: Annotated[
        bool | None,
        typer.Option(
            "--lower-is-better/--higher-is-better",
            help="Which way the metric improves; default: higher.",
            show_default=False,
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL", help="Level to hold the others against; default: the first.", show_default=False
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=VALUE", help="Only rows with this value; may be repeated.", show_default=False
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN", help="A column that may differ between the levels.", show_default=False
        ),
    ] = None,
    looks: Annotated[
        str | None,
        typer.Option(
            metavar="N,N,...", help="Pairs at which looks were planned, e.g. 5,10,20.", show_default=False
        ),
    ] = None,
    any_time: Annotated[
        bool, typer.Option("--anytime", help="Looked without a plan: intervals that hold whenever one looks.")
    ] = False,
    alpha: Annotated[float, typer.Option(help="Error rate over all contrasts and looks.")] = 0.05,
    take: Annotated[
        Take | None,
        typer.Option(
            help="MLflow, TensorBoard: which logged value counts; default: last.", show_default=False
        ),
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option(help="TensorBoard: how runs are named, e.g. '{norm}_seed{seed}'.", show_default=False),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Also write an HTML report.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Weigh results that you already have: is a level better, worse, equivalent, or undecided?

    Rows of one seed make a pair. All the pairs are looked at once, unless --looks or --anytime says otherwise.
    """
    from steelyard.errors import InputError

    if margin is None:
        raise InputError(
            f"--margin must be given: the smallest difference in {metric} that would change what you do. Differences inside "
            "it count as equivalent; it can't be read off the data. Try --margin 0.01 if a hundredth wouldn't matter to you"
        )
    if report is not None:
        from steelyard.report.writing import check_writable

        check_writable(report)

    from steelyard.study.imports.comparison import compare_results
    from steelyard.study.imports.source import read_source

    imported = read_source(
        source,
        factor=factor,
        seed=seed,
        metric=metric,
        take=None if take is None else take.value,
        pattern=pattern,
        where=where or (),
    )
    comparison = compare_results(
        imported.frame,
        factor=factor,
        seed=seed,
        metric=metric,
        margin=margin,
        direction=None if lower_is_better is None else "lower" if lower_is_better else "higher",
        reference=reference,
        where=where or (),
        ignore=(*(ignore or ()), *imported.described),
        looks=None if looks is None else _looks(looks),
        any_time=any_time,
        alpha=alpha,
        notes=imported.notes,
    )
    if report is not None:
        _write(comparison, report, source=imported.source)
    if as_json:
        written = {} if report is None else {"report": str(report)}
        typer.echo(json.dumps({"source": imported.source, **comparison.to_dict(), **written}, indent=2))
    else:
        _print(comparison, report, source=imported.source)


def _looks(text: str) -> tuple[int, ...]:
    from steelyard.errors import InputError

    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(
            f"--looks must be whole numbers with commas between them, but got {text!r}; try 5,10,20"
        ) from error


def _write(comparison: Comparison, path: Path, *, source: str) -> None:
    from steelyard.report.page import write_report
    from steelyard.study.imports.as_result import as_result

    write_report(as_result(comparison, source=source, command=shlex.join(["steelyard", *sys.argv[1:]])), path)


def _print(comparison: Comparison, report: Path | None, *, source: str) -> None:
    from rich.console import Console

    from steelyard.report.table import print_verdicts

    console = Console()
    print_verdicts(comparison.verdicts, console, notes=(*comparison.notes, f"Source: {source}."))
    if report is not None:
        console.print(f"Report: {report.resolve()}", highlight=False, markup=False, soft_wrap=True)
