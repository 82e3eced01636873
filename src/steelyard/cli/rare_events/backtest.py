"""`steelyard rare-events backtest`: what forecasters would have said, and what it was worth."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from steelyard.cli.rare_events.progress import BacktestBar, bar, bars

if TYPE_CHECKING:
    from steelyard.data.series import CountSeries
    from steelyard.rare_events.backtest import Backtest
    from steelyard.rare_events.baselines._base import Forecaster

FOLDER = Path("steelyard-results/rare-events-backtest")
_DEFAULT = "network,logistic,tsb"


def backtest_command(
    data: DataArgument = EMBEDDED,
    horizon: Annotated[int, typer.Option(help="How many steps ahead to forecast.")] = 1,
    folds: Annotated[
        int | None,
        typer.Option(help="How many trainings, each on what came before; default: 1.", show_default=False),
    ] = None,
    refit_every: Annotated[
        int | None,
        typer.Option(metavar="N", help="Instead of --folds: train anew every N origins.", show_default=False),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="First date that is forecast; default: where the last fifth of the dates begins.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[int, typer.Option(help="Forecast from every so many dates.")] = 1,
    train_window: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Train on the last N dates only (sliding); default: all.", show_default=False
        ),
    ] = None,
    forecasters: Annotated[
        str,
        typer.Option(
            help="With commas between: network, logistic, boosting, croston, sba, tsb. Climatology and Markov are always there."
        ),
    ] = _DEFAULT,
    epochs: Annotated[int, typer.Option(help="Most passes of the network over the data.")] = 12,
    seed: Annotated[int, typer.Option(help="Of the network and the resamples.")] = 0,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="P(event) that counts as a warning (SEDI); default: the share of events before the first forecast.",
            show_default=False,
        ),
    ] = None,
    repetitions: Annotated[int, typer.Option(help="Resamples behind the intervals.")] = 1000,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where finished folds are kept; reused when they fit.")
    ] = FOLDER,
    missing: MissingOption = None,
    id_column: IdOption = "unique_id",
    date_column: DateOption = "ds",
    count_column: CountOption = "y",
    known: KnownOption = None,
    past: PastOption = None,
    static: StaticOption = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write an HTML report.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Test forecasters on the past: train on what was known, forecast what came, score it beside climatology and Markov.

    Finished folds are kept: the same command goes on where it was stopped. For example:
    steelyard rare-events backtest sales.csv --horizon 7 --folds 4 --report backtest.html
    """
    from steelyard.rare_events.backtest.evaluation import evaluate
    from steelyard.rare_events.backtest.named import forecasters_named
    from steelyard.report.backtest.as_json import backtest_to_dict
    from steelyard.report.writing import check_writable

    if report is not None:
        check_writable(report)
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
    chosen = forecasters_named(
        list(dict.fromkeys(name.strip() for name in forecasters.split(",") if name.strip())),
        horizon=horizon,
        network={"epochs": epochs, "seed": seed},
    )
    _check_options(horizon=horizon, threshold=threshold, repetitions=repetitions)
    result = _run(
        series,
        chosen,
        horizon=horizon,
        folds=folds,
        refit_every=refit_every,
        start=start,
        every=every,
        window=train_window,
        out=out,
    )
    with bar("resampling", total=repetitions) as move:
        evaluation = evaluate(
            result, threshold=threshold, repetitions=repetitions, seed=seed, on_resample=move
        )
    command = shlex.join(["steelyard", *sys.argv[1:]])
    if report is not None:
        from steelyard.report.backtest.page import write_backtest

        write_backtest(result, evaluation, report, source=source, command=command)
    if as_json:
        written = {} if report is None else {"report": str(report)}
        record = backtest_to_dict(result, evaluation, source=source, command=command)
        typer.echo(json.dumps({**record, "folder": str(out), **written}, indent=2, allow_nan=False))
        return
    from rich.console import Console

    from steelyard.report.backtest.table import print_backtest

    console = Console()
    print_backtest(result, evaluation, console, source=source)
    if report is not None:
        console.print(f"Report: {report.resolve()}", highlight=False, markup=False, soft_wrap=True)


def _check_options(*, horizon: int, threshold: float | None, repetitions: int) -> None:
    """Refuse, before a long run, what would only be refused after it."""
    from steelyard.errors import InputError

    if horizon < 1 or repetitions < 1:
        raise InputError(
            f"--horizon and --repetitions must be at least 1, but got {horizon} and {repetitions}"
        )
    if threshold is not None and not 0 < threshold < 1:
        raise InputError(f"--threshold must lie in (0, 1), but got {threshold}; try 0.2")


def _run(
    series: tuple[CountSeries, ...],
    chosen: dict[str, Forecaster],
    *,
    horizon: int,
    folds: int | None,
    refit_every: int | None,
    start: str | None,
    every: int,
    window: int | None,
    out: Path,
) -> Backtest:
    from steelyard.rare_events.backtest.running import backtest

    try:
        with bars() as shown:
            return backtest(
                series,
                chosen,
                horizon=horizon,
                start=date_of(start, series),
                every=every,
                folds=folds,
                refit_every=refit_every,
                window=window,
                folder=out,
                progress=BacktestBar(shown),
            )
    except KeyboardInterrupt:
        typer.echo("stopped. Finished folds are kept; the same command goes on.", err=True)
        raise typer.Exit(130) from None
