"""`steelyard rare-events`: fit a forecaster, forecast with it, and test forecasters on the past."""

from __future__ import annotations

import typer

from steelyard.cli.rare_events.backtest import backtest_command
from steelyard.cli.rare_events.fit import fit_command
from steelyard.cli.rare_events.predict import predict_command

app = typer.Typer(
    help="Will it happen, and how strong: forecast series that are mostly zero.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("fit", short_help="Train a forecaster and keep it in a folder.")(fit_command)
app.command("predict", short_help="Forecast the next steps.")(predict_command)
app.command("backtest", short_help="Test forecasters on the past.")(backtest_command)
