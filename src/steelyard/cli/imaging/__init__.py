"""`steelyard imaging`: images, and the statistics one normalises with."""

from __future__ import annotations

import typer

from steelyard.cli.imaging.moments import moments_command

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("moments", short_help="Mean and standard deviation of images.")(moments_command)


@app.callback()
def _imaging() -> None:
    """Images, and the statistics one normalises with."""
