"""`steelyard agents geometry`: the shape of an agent's latents beside those of the untrained network, and checks of its wiring."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from steelyard.cli.agents.source import AsJson, Model, loaded

if TYPE_CHECKING:
    from steelyard.agents.looking import Look
    from steelyard.watch.finding import Finding

ROWS = {
    "mean_cosine": "mean cosine of all pairs",
    "mean_share": "share of the mean, |mean|^2 / E|x|^2",
    "centred_mean_cosine": "mean cosine, centred",
    "bag_cosine": "mean cosine within bags, unlike words",
    "centred_bag_cosine": "the same, centred",
    "effective_rank": "effective rank",
    "participation_ratio": "participation ratio",
    "isoscore": "IsoScore",
    "dormant_fraction": "share of dormant units",
}
"""Numbers of a geometry and what they are called."""


def geometry_command(
    model: Model,
    bags: Annotated[int, typer.Option(min=5, help="Bags to look at.")] = 300,
    seed: Annotated[int, typer.Option(min=0, help="Of the bags, and of the checks.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show the shape of an agent's latents, beside the same network at initialisation, and check how it reads bags.

    A high mean cosine is the mean that all latents share. It is told as information, never as a warning.

    For example: steelyard agents geometry steelyard-results/agents-small
    """
    from steelyard.agents.checks import geometry_findings, initial_of, wiring
    from steelyard.agents.looking import look
    from steelyard.agents.playground import Playground
    from steelyard.agents.sampling import sampled_bags
    from steelyard.report.digits import plural

    agent = loaded(model)
    place = Playground.of(agent.environment, agent.encoder)
    sampled = sampled_bags(place, count=bags, seed=seed)
    score = agent.evaluate() if place.rules is not None else None
    skill = None if score is None or score.placement is None else score.placement.skill
    step = agent.history_[-1].step if agent.history_ else 0
    initial = initial_of(agent.network_, seed=agent.seed)
    now = look(
        agent.network_,
        sampled,
        seed=agent.seed,
        step=step,
        expected_return=None if score is None else score.mean_return,
    )
    before = look(initial, sampled, seed=agent.seed)
    found = (
        *wiring(agent.network_, sampled, seed=seed, initial=initial),
        *geometry_findings(now, better_than_baseline=None if skill is None else skill > 0),
    )
    if as_json:
        told = {
            "model": str(model),
            "bags": bags,
            "now": now.to_dict(),
            "initial": before.to_dict(),
            "findings": [each.to_dict() for each in found],
        }
        typer.echo(json.dumps(told, indent=2, allow_nan=False))
        return
    _print(now, before, found, bags=plural(bags, "bag"))
    if score is not None:
        typer.echo(f"\n{score}.")


def _print(now: Look, before: Look, found: tuple[Finding, ...], *, bags: str) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    body = now.parts["body"]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column(f"latents of {bags}, {body.samples:,} words, {body.width} features", overflow="fold")
    for heading in ("body", "at initialisation", "actor", "critic"):
        table.add_column(heading, justify="right")
    columns: tuple[dict[str, Any], ...] = (
        now.parts["body"].to_dict(), before.parts["body"].to_dict(), now.parts["actor"].to_dict(), now.parts["critic"].to_dict(),
    )  # fmt: skip
    for name, title in ROWS.items():
        table.add_row(title, *("" if each[name] is None else f"{each[name]:.3f}" for each in columns))
    for name, title in (
        ("accuracy", "words read by a linear probe"), ("control", "the same, words shuffled"), ("baseline", "always the most frequent word"),
    ):  # fmt: skip
        table.add_row(
            title, *("" if each["probe"] is None else f"{each['probe'][name]:.1%}" for each in columns)
        )
    table.add_row("distance of the weights from initialisation", f"{now.weight_distance:.3f}", "0.000")
    apart = now.latent_distance
    table.add_row("distance of the latents, 1 - CKA", "" if apart is None else f"{apart:.3f}", "0.000")
    console = Console()
    console.print(table)
    if not found:
        console.print("Nothing stands out.", highlight=False)
    for each in found:
        console.print(f"{each.severity}: {each}", highlight=False, markup=False)
