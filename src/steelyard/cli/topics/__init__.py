"""`steelyard topics`: find topics, place new documents among them, and look into the sampler."""

from __future__ import annotations

import typer

from steelyard.cli.topics.explain import explain_command
from steelyard.cli.topics.export import export_command
from steelyard.cli.topics.fit import fit_command
from steelyard.cli.topics.transform import transform_command

app = typer.Typer(
    name="topics",
    help="Find the topics of documents by exact Gibbs sampling, and use them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("fit", short_help="Find topics, save them and write a page.")(fit_command)
app.command("transform", short_help="Say which topics new documents have.")(transform_command)
app.command("explain", short_help="Show the posterior of one token's topic, factor by factor.")(
    explain_command
)
app.command("export", short_help="Write saved topics as data for pyLDAvis.")(export_command)
