"""`steelyard language explain`: what each token of a sentence cost, and what the model had guessed instead."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from steelyard.cli.language.fit import STORY
from steelyard.cli.language.source import AsJson, Model, Threads, loaded, typed

if TYPE_CHECKING:
    from steelyard.language.meaning.explained import Explained


def explain_command(
    model: Model,
    sentence: Annotated[
        str, typer.Argument(metavar="SENTENCE", help="Any text; -: standard input.", show_default=False)
    ],
    count: Annotated[int, typer.Option(min=1, help="Guesses to show of each token.")] = 5,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Show what is minimised, on one sentence: each token's probability, its cost, and what was guessed; the mean cost is the loss.

    For example: steelyard language explain steelyard-results/language-novel "It was a dark and stormy night"
    """
    from steelyard.language.meaning.explained import explain

    reader = loaded(model, threads=threads)
    found = explain(reader, typed(sentence, what="the sentence"), count=count)
    held_out = _held_out(model)
    if as_json:
        typer.echo(
            json.dumps(
                {"model": str(model), "unit": reader.unit, **asdict(found), "held_out": held_out}, indent=2
            )
        )
        return
    _print(found, unit=reader.unit, held_out=held_out)


def _held_out(folder: Path) -> dict[str, float]:
    """Return nats a token that were measured on held-out text when the model was fitted; empty where that isn't there."""
    try:
        story: Any = json.loads((folder / STORY).read_text(encoding="utf-8"))
        found = {each["name"]: each["nats"] for each in story["yardsticks"] if each["nats"] is not None}
        found["this model"] = story["states"][-1]["guesses"]["nats"]
        return {str(name): float(nats) for name, nats in found.items()}
    except (OSError, ValueError, TypeError, LookupError):
        return {}  # a model that was saved from Python has none


def _print(found: Explained, *, unit: str, held_out: dict[str, float]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from steelyard.report.digits import number, plural
    from steelyard.report.language.showing import chance, visible

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column(unit, overflow="fold")
    for heading in ("nats", "probability", "guess"):
        table.add_column(heading, justify="right")
    table.add_column("first guesses", overflow="fold")
    for token in found.tokens:
        guesses = ", ".join(f"{visible(text)} {chance(p)}" for text, p in token.guesses)
        table.add_row(
            Text(visible(token.text) + ("" if token.known else " (unknown)")),
            f"{token.nats:.3f}",
            chance(token.probability),
            f"{token.rank:,}",
            Text(guesses),
        )
    console = Console()
    console.print(table)
    count = len(found.tokens)
    total = sum(token.nats for token in found.tokens)
    typical = chance(math.exp(-found.nats_per_token))
    lines = [
        f"{plural(count, unit)} cost {total:.3f} nats: {number(found.nats_per_token, zeros=True)} each. This mean is the loss.",
        f"It is the cost of a probability of {typical} each time: a guess among {number(found.perplexity, digits=3)} equally probable {unit}s.",
        f"In bits a byte, spelling included: {number(found.bits_per_byte, digits=3)}.",
        f"First guess right: {found.right} of {count}.",
        f"On this text, every {unit} equally probable costs {number(found.uniform_nats)} nats each, frequencies alone {number(found.unigram_nats)}.",
    ]
    if held_out:
        others = ", ".join(f"{name} {number(nats)}" for name, nats in held_out.items())
        lines.append(f"On the held-out text of its training, nats a {unit}: {others}.")
    for line in lines:
        console.print(line, highlight=False, markup=False)
