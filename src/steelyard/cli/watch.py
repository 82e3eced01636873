"""`steelyard watch`: judge a run by its log."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from steelyard.watch.report import Report


class FailOn(StrEnum):
    """From which severity on the exit code is 1."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def watch_command(
    log: Annotated[
        Path,
        typer.Argument(
            metavar="LOG",
            help="CSV, TSV, JSONL or Parquet with a row a step; a Hugging Face trainer_state.json; a folder with one TensorBoard run.",
            show_default=False,
        ),
    ],
    baseline: Annotated[
        float | None,
        typer.Option(
            help="What a trivial predictor gets, e.g. from `steelyard weigh`; without it nobody knows what the loss means.",
            show_default=False,
        ),
    ] = None,
    loss: Annotated[
        str | None, typer.Option(help="Column or tag of the loss.", show_default="the usual names")
    ] = None,
    validation: Annotated[
        str | None, typer.Option(help="Column or tag of the validation loss.", show_default="the usual names")
    ] = None,
    step: Annotated[
        str | None, typer.Option(help="Column of the steps.", show_default="the usual names")
    ] = None,
    mute: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="A finding to leave out; may be repeated.", show_default=False),
    ] = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            "--fail-on", help="Exit with code 1 if there is a finding at least so grave.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Judge a run by its log: is the loss finite, does it fall, diverge or overfit, and does it beat a baseline?

    For example: steelyard watch log.csv --baseline 0.693 --fail-on warning
    """
    from steelyard.watch.logs import watch_log

    report = watch_log(log, loss=loss, validation=validation, step=step, baseline=baseline, mute=mute or ())
    if as_json:
        typer.echo(json.dumps(report.plain(), indent=2, allow_nan=False))
    else:
        _show(report)
    if fail_on is not None and report.reaches(fail_on.value):
        raise typer.Exit(1)


def _show(report: Report) -> None:
    from rich.console import Console

    Console().print(str(report), markup=False, highlight=False, soft_wrap=True)
