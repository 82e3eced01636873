"""`steelyard language`: train a model of a text, score and explain texts with it, and let it write."""

from __future__ import annotations

import typer

from steelyard.cli.language.explain import explain_command
from steelyard.cli.language.fit import fit_command
from steelyard.cli.language.generate import generate_command
from steelyard.cli.language.score import score_command

app = typer.Typer(
    name="language",
    help="Train an LSTM to guess the next word or character, and see what its loss means.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("fit", short_help="Train on a text, save the model and write a page.")(fit_command)
app.command("score", short_help="Say what texts cost a model.")(score_command)
app.command("generate", short_help="Let a model write.")(generate_command)
app.command("explain", short_help="Show what each token of a sentence cost, and what was guessed.")(
    explain_command
)
