"""`steelyard agents`: train an agent on bags of words, weigh it, and look at what its latents tell."""

from __future__ import annotations

import typer

from steelyard.cli.agents.cosine import cosine_command
from steelyard.cli.agents.evaluate import evaluate_command
from steelyard.cli.agents.fit import fit_command
from steelyard.cli.agents.geometry import geometry_command
from steelyard.cli.agents.report import report_command

app = typer.Typer(
    name="agents",
    help=(
        "Train an actor-critic transformer on bags of words, weigh its return, and look at its latents. `train` is another name of `fit`, "
        "`watch-geometry` of `geometry`."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("fit", short_help="Train an agent on Satchel and save it.")(fit_command)
app.command("evaluate", short_help="Say what an agent gets, between random and optimal.")(evaluate_command)
app.command("geometry", short_help="Show the shape of an agent's latents, and check its wiring.")(
    geometry_command
)
app.command("cosine", short_help="Correlate cosines with returns, over the runs of agents.cosine.")(
    cosine_command
)
app.command("report", short_help="Write a page about an agent that was trained.")(report_command)
app.command("train", hidden=True)(fit_command)
app.command("watch-geometry", hidden=True)(geometry_command)
