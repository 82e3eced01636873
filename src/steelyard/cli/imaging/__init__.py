"""`steelyard imaging`: images, and the statistics one normalises with."""

from __future__ import annotations

import typer

from steelyard.cli.imaging.moments import moments_command

app = typer.Typer(
    help="Images, and the statistics one normalises with.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("moments", short_help="Mean and standard deviation of images.")(moments_command)


@app.callback()
def _imaging() -> None:
    """Images, and the statistics one normalises with."""  # with a callback, one command alone keeps its name
