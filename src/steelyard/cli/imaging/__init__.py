"""`steelyard imaging`: statistics of images, networks that read radiographs, and a check of what they are given."""

from __future__ import annotations

import typer

from steelyard.cli.imaging.check import check_command
from steelyard.cli.imaging.fit import fit_command
from steelyard.cli.imaging.moments import moments_command
from steelyard.cli.imaging.predict import predict_command

app = typer.Typer(
    help="Images: the statistics one normalises with, and radiographs classified.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("moments", short_help="Mean and standard deviation of images.")(moments_command)
app.command("fit", short_help="Train a classifier of chest radiographs.")(fit_command)
app.command("predict", short_help="Say which findings radiographs show, and where.")(predict_command)
app.command("check", short_help="Check a batch against what weights expect.")(check_command)
