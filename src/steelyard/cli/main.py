"""The `steelyard` command: its subcommands, and how errors leave it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from steelyard import __version__
from steelyard.cli.agents import app as agents
from steelyard.cli.compare import compare_command
from steelyard.cli.imaging import app as imaging
from steelyard.cli.language import app as language
from steelyard.cli.questions import questions_command
from steelyard.cli.rare_events import app as rare_events
from steelyard.cli.run import run_command
from steelyard.cli.topics import app as topics
from steelyard.cli.watch import watch_command
from steelyard.cli.weigh import weigh_command
from steelyard.errors import SteelyardError

app = typer.Typer(
    name="steelyard",
    help="Weigh trained models: what a loss means, and whether a choice matters.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich would double the time to print it
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run", short_help="Answer questions by running trials.")(run_command)
app.command("questions", short_help="List the questions that `run` can answer.")(questions_command)
app.command("compare", short_help="Weigh results that you already have.")(compare_command)
app.command("weigh", short_help="Say what a loss value means.")(weigh_command)
app.command("watch", short_help="Judge a training by its log.")(watch_command)
app.add_typer(agents, name="agents", short_help="Train agents on bags of words, and look at their latents.")
app.add_typer(language, name="language", short_help="Train a model of language, and see what its loss means.")
app.add_typer(rare_events, name="rare-events", short_help="Forecast rare events, and test forecasts.")
app.add_typer(imaging, name="imaging", short_help="Statistics of images, and X-rays classified.")
app.add_typer(topics, name="topics", short_help="Find the topics of documents, and use them.")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"steelyard {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Weigh trained models: what a loss means, and whether a choice matters."""


def main() -> None:
    """Run the command line: exit code 0 for an answer, 2 for input that no answer can be got from, 130 when stopped."""
    try:
        app()
    except SteelyardError as error:
        message = "".join(each if each.isprintable() else " " for each in " ".join(str(error).split()))
        typer.echo(f"error: {message}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("stopped", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
