"""`steelyard rare-events predict`: forecast the next steps with a kept forecaster."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from steelyard.cli.rare_events.data import (
    EMBEDDED,
    CountOption,
    DataArgument,
    DateOption,
    IdOption,
    JsonOption,
    KnownOption,
    MissingOption,
    PastOption,
    StaticOption,
    date_of,
    read,
)
from steelyard.cli.rare_events.progress import bars

if TYPE_CHECKING:
    from steelyard.rare_events.forecast import Forecast

_SHOWN = 60


def predict_command(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="Folder that `fit` wrote.", show_default=False)
    ],
    data: DataArgument = EMBEDDED,
    start: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="Forecast from every date from this one on; default: once, from the data's end.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[int, typer.Option(help="With --start: forecast from every so many steps.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Also write all forecasts: .csv, .parquet or .jsonl.", show_default=False
        ),
    ] = None,
    missing: MissingOption = None,
    id_column: IdOption = "unique_id",
    date_column: DateOption = "ds",
    count_column: CountOption = "y",
    known: KnownOption = None,
    past: PastOption = None,
    static: StaticOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forecast the next steps of DATA: the probability of an event, its strength, and the range of counts.

    For example: steelyard rare-events predict steelyard-results/rare-events-model sales.csv
    """
    from steelyard.rare_events.forecaster import RareEventForecaster
    from steelyard.study.threads import limited_threads

    if out is not None:
        _check_out(out)
    with bars() as shown, limited_threads(1):
        task = shown.add_task("reading", total=2)
        fitted = RareEventForecaster.load(model)
        series, source = read(
            data,
            missing=missing,
            unique_id=id_column,
            ds=date_column,
            y=count_column,
            known=known,
            past=past,
            static=static,
        )
        shown.update(task, completed=1, description="forecasting")
        forecast = fitted.predict(series, start=date_of(start, series), every=every)
        shown.update(task, completed=2)
    rows = _rows(forecast)
    if out is not None:
        _write(rows, out)
    if as_json:
        written = {} if out is None else {"out": str(out)}
        typer.echo(
            json.dumps({"source": source, "model": str(model), "forecasts": rows, **written}, indent=2)
        )
        return
    _print(rows, out)


def _rows(forecast: Forecast) -> list[dict[str, Any]]:
    low, middle, high = (forecast.quantile(share).tolist() for share in (0.05, 0.5, 0.95))
    columns = (
        forecast.unique_id.tolist(),
        [str(date).removesuffix("T00:00:00.000000").removesuffix(".000000") for date in forecast.ds],
        forecast.horizon.tolist(),
        forecast.p_event.tolist(),
        forecast.strength.tolist(),
        forecast.mean.tolist(),
        low,
        middle,
        high,
    )
    names = (
        *("unique_id", "ds", "horizon", "p_event", "strength", "mean"),
        *("quantile_05", "quantile_50", "quantile_95"),
    )
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _check_out(out: Path) -> None:
    from steelyard.errors import InputError
    from steelyard.report.writing import check_writable

    if out.suffix not in {".csv", ".parquet", ".jsonl"}:
        raise InputError(f"--out must end in .csv, .parquet or .jsonl, but got {out.name}; rename it")
    check_writable(out)


def _write(rows: list[dict[str, Any]], out: Path) -> None:
    import io

    import polars as pl

    from steelyard.report.writing import write_whole

    frame, content = pl.DataFrame(rows), io.BytesIO()
    match out.suffix:
        case ".csv":
            frame.write_csv(content)
        case ".parquet":
            frame.write_parquet(content)
        case _:
            frame.write_ndjson(content)
    write_whole(out, content.getvalue())


def _print(rows: list[dict[str, Any]], out: Path | None) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from steelyard.report.table import printable

    several = len({row["unique_id"] for row in rows}) > 1
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in (["series"] if several else []) + ["date"]:
        table.add_column(name)
    for name in ("ahead", "P(event)", "strength if so", "mean", "9 in 10 lie in"):
        table.add_column(name, justify="right")
    for row in rows[:_SHOWN]:
        table.add_row(
            *([printable(row["unique_id"])] if several else []),
            row["ds"],
            str(row["horizon"]),
            f"{row['p_event']:.3f}",
            f"{row['strength']:.2f}",
            f"{row['mean']:.3f}",
            f"{row['quantile_05']} to {row['quantile_95']}",
        )
    console = Console()
    console.print(table)
    if len(rows) > _SHOWN:
        console.print(f"{len(rows) - _SHOWN:,} more; --json or --out FILE.csv gives all.", highlight=False)
    if out is not None:
        console.print(f"Forecasts: {out.resolve()}", highlight=False, markup=False, soft_wrap=True)
