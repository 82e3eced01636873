"""`steelyard questions`: the catalogue."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def questions_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the questions that `steelyard run` can answer."""
    from steelyard.catalogue import DEFAULT_QUESTION, questions

    if as_json:
        fields = ("name", "title", "asks", "quick", "full", "margin", "margin_reason")
        typer.echo(
            json.dumps([{field: getattr(each, field) for field in fields} for each in questions()], indent=2)
        )
        return

    from rich.console import Console
    from rich.markup import escape
    from rich.padding import Padding

    console = Console()
    for each in questions():
        default = "  (asked by default)" if each.name == DEFAULT_QUESTION else ""
        console.print(f"[bold]{escape(each.name)}[/bold]  {escape(each.title)}{default}", highlight=False)
        for text in (each.asks, f"quick: {each.quick}", f"full: {each.full}"):
            console.print(Padding(escape(text), (0, 0, 0, 4)), highlight=False)
        console.print(
            Padding(f"margin: {each.margin:g} ({escape(each.margin_reason)})", (0, 0, 1, 4)), highlight=False
        )
