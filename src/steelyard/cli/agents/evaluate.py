"""`steelyard agents evaluate`: what an agent gets in an episode, exactly, and where that stands."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from steelyard.cli.agents.source import AsJson, Model, loaded


def evaluate_command(
    model: Model,
    greedy: Annotated[bool, typer.Option("--greedy", help="Always take the likeliest word.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what an agent gets in an episode of Satchel, computed from the rules, between uniformly random and optimal.

    For example: steelyard agents evaluate steelyard-results/agents-small
    """
    from steelyard.agents.playground import Playground
    from steelyard.environments.satchel.solving import return_scale
    from steelyard.errors import InputError

    agent = loaded(model)
    rules = Playground.of(agent.environment, agent.encoder).rules
    if rules is None:
        raise InputError(
            f"{model} must hold an agent of Satchel; `Agent.load(...).evaluate()` plays episodes of any other"
        )
    score = agent.evaluate(greedy=greedy)
    assert score.placement is not None
    scale = return_scale(rules)
    if as_json:
        told = {
            "model": str(model),
            "greedy": greedy,
            "return": score.mean_return,
            "placement": score.placement.to_dict(),
            "scale": scale.to_dict(),
        }
        typer.echo(json.dumps(told, indent=2, allow_nan=False))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from steelyard.report.digits import number

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("policy")
    table.add_column("return", justify="right")
    table.add_column("what it does", overflow="fold")
    rows = [(point.value, point.name, point.meaning) for point in scale.points]
    rows.append(
        (
            score.mean_return,
            "this agent",
            "always the likeliest word" if greedy else "draws with its probabilities",
        )
    )
    for value, name, meaning in sorted(rows, key=lambda row: row[0]):
        table.add_row(name, number(value, zeros=True), meaning, style="bold" if name == "this agent" else "")
    console = Console()
    console.print(table)
    console.print(f"{score.placement.sentence}.", highlight=False, markup=False)
    console.print("Exact: computed from the rules, without episodes.", highlight=False)
